package dev.lockstep.bench.check;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.terminal.Table;
import dev.lockstep.data.Dataset;
import dev.lockstep.model.Activation;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Unit classes over widths and batches, for each backend on CUDA: networks of two hidden layers
 * whose units start equal, in steps that move them by more than a tenth. It maps where a library
 * gives equal columns unequal bits.
 */
public final class ClassSurvey {

  /** Enough for units to move by a tenth at any batch, under the seed of a check. */
  private static final int STEPS = 60;

  /** Most telling first: no multiple of a tile, then one beside a tile's edge, then the edges. */
  private static final List<Integer> WIDTHS =
      List.of(
          1021, 250, 33, 7, 129, 257, 1025, 127, 1023, 65, 513, 255, 63, 511, 2049, 2047, 31, 4097,
          4095, 1024, 256, 128, 64, 512, 2048, 32, 4096);

  private static final List<Integer> BATCHES = List.of(250, 1, 33, 7, 32, 256);

  /** Of an emulated device, a hundred times slower than a CPU. */
  private static final List<Integer> EMULATED_WIDTHS = List.of(33, 7, 129, 64);

  private static final List<Integer> EMULATED_BATCHES = List.of(33, 1, 7);

  private final List<Candidate> onCuda;
  private final Resources resources;
  private final List<Row> rows = new ArrayList<>();
  private int leftOut;

  /** A width and a batch. */
  private record Place(int width, int batch) {
    @Override
    public String toString() {
      return "width " + width + " batch " + batch;
    }
  }

  /** What was found at one place. */
  private record Row(String backend, Place place, ClassRun.Found found) {
    Verdict verdict() {
      return found.verdict();
    }

    boolean broken() {
      return found.broken();
    }

    String state() {
      return found.reason();
    }
  }

  /**
   * @param onCuda the backends on CUDA that can run
   */
  public ClassSurvey(List<Candidate> onCuda, Resources resources) {
    this.onCuda = List.copyOf(onCuda);
    this.resources = resources;
  }

  /**
   * Goes through the places until the last or until time is up.
   *
   * @param saved told of all that is known, after every place
   */
  public void run(boolean emulated, BooleanSupplier timeIsUp, Consumer<ObjectNode> saved) {
    DataSource source = new DataSource.EmbeddedDigits();
    Dataset data = source.load(CheckCommand.DEFAULT_SEED);
    for (Place place :
        emulated ? places(EMULATED_WIDTHS, EMULATED_BATCHES) : places(WIDTHS, BATCHES)) {
      if (timeIsUp.getAsBoolean()) {
        leftOut++;
        continue;
      }
      Scenario scenario =
          new Cell(place.width(), place.batch(), 2, Activation.TANH, "equal")
              .scenario(source, STEPS, CheckCommand.DEFAULT_SEED);
      Workload workload = scenario.prepareOnReading(data);
      for (Candidate candidate : onCuda) {
        ClassRun.Found found = ClassRun.of(candidate.backend(), workload, resources, STEPS);
        rows.add(new Row(candidate.name(), place, found));
      }
      saved.accept(json());
    }
  }

  /** Diagonals, so that every width and every batch comes early. */
  private static List<Place> places(List<Integer> widths, List<Integer> batches) {
    List<Place> places = new ArrayList<>();
    for (int diagonal = 0; diagonal < batches.size(); diagonal++) {
      for (int w = 0; w < widths.size(); w++) {
        places.add(new Place(widths.get(w), batches.get((w + diagonal) % batches.size())));
      }
    }
    return places;
  }

  /** Places for which there was no time. */
  public int leftOut() {
    return leftOut;
  }

  /** Rows that are a fault: an exact backend that broke lockstep, or a backend that failed. */
  public List<String> faults() {
    return rows.stream()
        .filter(row -> row.verdict() == Verdict.DIFFERS || row.verdict() == Verdict.FAILED)
        .map(
            row ->
                String.format(Locale.ROOT, "%s at %s: %s", row.backend(), row.place(), row.state()))
        .toList();
  }

  /** A row a backend. */
  public Table table() {
    Table table = new Table(1, List.of(Table.word(""), Table.text("")));
    onCuda.forEach(candidate -> table.row(candidate.name(), summary(candidate)));
    return table;
  }

  private String summary(Candidate candidate) {
    List<Row> mine = rows.stream().filter(row -> row.backend().equals(candidate.name())).toList();
    List<Row> broken = mine.stream().filter(Row::broken).toList();
    long held = mine.stream().filter(r -> r.verdict() == Verdict.AGREES && !r.broken()).count();
    long neither = mine.size() - held - broken.size();
    return String.format(
        Locale.ROOT,
        "%d places: held at %d, broken at %d%s%s",
        mine.size(),
        held,
        broken.size(),
        neither == 0 ? "" : ", no verdict at " + neither,
        broken.isEmpty()
            ? ""
            : ", first at " + broken.getFirst().place() + ": " + broken.getFirst().state());
  }

  /** All rows. */
  public ObjectNode json() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("steps", STEPS);
    json.put("hidden-layers", 2);
    json.put("places-left-out", leftOut);
    ArrayNode array = json.putArray("rows");
    for (Row row : rows) {
      ObjectNode node = array.addObject();
      node.put("backend", row.backend());
      node.put("width", row.place().width());
      node.put("batch", row.place().batch());
      node.put("verdict", row.verdict().name());
      node.put("lockstep", row.state());
    }
    faults().forEach(json.putArray("faults")::add);
    return json;
  }
}
