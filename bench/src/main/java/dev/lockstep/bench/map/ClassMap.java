package dev.lockstep.bench.map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.cells.Cell;
import dev.lockstep.bench.cells.CellRun;
import dev.lockstep.bench.cells.ClassRun;
import dev.lockstep.bench.cells.LockstepFields;
import dev.lockstep.bench.cells.LockstepState;
import dev.lockstep.bench.cells.LostDevice;
import dev.lockstep.bench.cells.OwnOrders;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.ProgressDisplay;
import dev.lockstep.bench.terminal.Table;
import dev.lockstep.data.Dataset;
import dev.lockstep.model.Activation;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Maps unit classes over backends, threads, widths and batches. It trains networks of two hidden
 * layers whose units start equal, and shows where a library gives equal columns of a product
 * different bits.
 */
public final class ClassMap {

  private static final int HIDDEN_LAYERS = 2;

  /** The most reasons below a table. */
  private static final int MOST_REASONS = 8;

  private final List<Place> places;
  private final int steps;
  private final int device;
  private final List<Seen> seen = new ArrayList<>();

  /**
   * One network to train.
   *
   * @param threads threads of a backend on the CPU; ignored on a device
   */
  public record Place(Backend backend, int threads, int width, int batch) {

    private boolean onDevice() {
      return backend.placement() == Placement.DEVICE;
    }

    private Cell cell() {
      return new Cell(width, batch, HIDDEN_LAYERS, Activation.TANH, "equal");
    }

    /** Returns the title of the table that shows this place: backend and threads. */
    private String picture() {
      return backend.name()
          + (onDevice() ? "" : ", " + threads + (threads == 1 ? " thread" : " threads"));
    }

    /** Returns width and batch as text. */
    public String size() {
      return "width " + width + " batch " + batch;
    }
  }

  /** The result at a place. */
  private record Seen(Place place, ClassRun run) {
    @Override
    public String toString() {
      return place.size() + ": " + run.reason();
    }
  }

  /**
   * Creates a map of places, to be run in this order; duplicates count once.
   *
   * @param steps number of training steps of each network
   * @param device the CUDA device, by ordinal
   */
  public ClassMap(List<Place> places, int steps, int device) {
    this.places = places.stream().distinct().toList();
    this.steps = steps;
    this.device = device;
  }

  /**
   * Prepares the network at each place without its parameters, so that one that cannot run is
   * reported before anything is written.
   *
   * @throws dev.lockstep.input.InputException if one does not fit the data or the memory
   */
  void requireAll() {
    DataSource source = new DataSource.EmbeddedDigits();
    Dataset data = source.load(Cell.USUAL_SEED);
    for (Place place : places) {
      Scenario scenario = scenario(source, place);
      scenario.prepareOnReading(data);
      new CellRun(
              place.cell(),
              scenario,
              data,
              List.of(place.backend()),
              new Resources(place.threads(), device))
          .memory()
          .require(scenario.network(data));
    }
  }

  private Scenario scenario(DataSource source, Place place) {
    return place.cell().scenario(source, steps, Cell.USUAL_SEED);
  }

  /**
   * Trains a network at each place until time is up.
   *
   * @param timeIsUp asked before each place
   * @param saved called after each place, to save the results so far
   */
  public void run(BooleanSupplier timeIsUp, Runnable saved) {
    DataSource source = new DataSource.EmbeddedDigits();
    Dataset data = source.load(Cell.USUAL_SEED);
    LostDevice lost = new LostDevice();
    long all = places.stream().mapToLong(place -> place.cell().work(data)).sum();
    try (ProgressDisplay progress = ProgressDisplay.of("map", all);
        OwnOrders orders = new OwnOrders(OwnOrders.Effort.OF_MAP)) {
      for (Place place : places) {
        if (!timeIsUp.getAsBoolean()) {
          progress.message(place.picture() + ", " + place.size());
          Scenario scenario = scenario(source, place);
          Resources resources = new Resources(place.threads(), device);
          put(
              place,
              ClassRun.of(
                      place.backend(),
                      place.onDevice() ? scenario.prepareOnReading(data) : scenario.prepare(data),
                      resources,
                      steps,
                      lost)
                  .explained(state -> orders.explained(place.backend(), resources, lost, state)));
          saved.run();
          progress.step(place.cell().work(data));
        }
      }
    }
  }

  void put(Place place, ClassRun at) {
    seen.add(new Seen(place, at));
  }

  /** Returns the places that were left out because time was up. */
  public List<Place> leftOut() {
    Set<Place> run = seen.stream().map(Seen::place).collect(Collectors.toSet());
    return places.stream().filter(place -> !run.contains(place)).toList();
  }

  /** Returns a row for each place that was run. */
  List<MapResult.Row> rows() {
    return seen.stream().map(ClassMap::resultRow).toList();
  }

  private static MapResult.Row resultRow(Seen at) {
    LockstepFields lockstep = LockstepFields.of(at.run().state());
    return new MapResult.Row(
        at.place().backend().name(),
        at.place().onDevice() ? null : at.place().threads(),
        at.place().width(),
        at.place().batch(),
        at.run().verdict().name(),
        lockstep.word(),
        at.run().classes(),
        MapResult.Break.of(lockstep));
  }

  /** Groups the places by title of their table. */
  private Map<String, List<Place>> byPicture() {
    return places.stream()
        .collect(Collectors.groupingBy(Place::picture, LinkedHashMap::new, Collectors.toList()));
  }

  /**
   * Prints one table for each backend and number of threads, with a row for each width and a column
   * for each batch.
   */
  void pictures(Printer out) {
    out.paragraph(
        "largest number of unit classes of a hidden layer after "
            + steps
            + " steps (1: lockstep held; more: it broke; ?: the units did not move; x: could not"
            + " run; -: not run)");
    byPicture()
        .forEach(
            (picture, mine) -> {
              out.line();
              out.line(picture);
              out.table(table(mine), 0);
              reasons(picture).forEach(line -> out.paragraph(line, 0, 2));
            });
  }

  /** Returns why lockstep broke at the places of a table, each reason once. */
  private List<String> reasons(String picture) {
    Map<String, List<Place>> places = new LinkedHashMap<>();
    for (Seen at : seen) {
      if (at.place().picture().equals(picture)
          && at.run().state() instanceof LockstepState.Broken broken
          && !broken.explanation().isEmpty()) {
        places.computeIfAbsent(broken.explanation(), _ -> new ArrayList<>()).add(at.place());
      }
    }
    List<String> lines = new ArrayList<>();
    places.forEach(
        (reason, mine) -> {
          if (lines.size() < MOST_REASONS) {
            String more = mine.size() == 1 ? "" : " and " + (mine.size() - 1) + " more";
            lines.add(mine.getFirst().size() + more + ": " + reason);
          }
        });
    if (places.size() > MOST_REASONS) {
      lines.add(places.size() - MOST_REASONS + " more reasons: " + MapFolder.CSV);
    }
    return lines;
  }

  private Table table(List<Place> mine) {
    List<Table.Column> columns = new ArrayList<>();
    columns.add(Table.number("width \\ batch"));
    mine.stream()
        .map(Place::batch)
        .distinct()
        .forEach(batch -> columns.add(Table.number(String.valueOf(batch))));
    Table table = new Table(1, columns);
    mine.stream()
        .collect(Collectors.groupingBy(Place::width, LinkedHashMap::new, Collectors.toList()))
        .forEach(
            (width, row) -> {
              List<String> cells = new ArrayList<>(List.of(String.valueOf(width)));
              row.forEach(place -> cells.add(symbol(place)));
              table.row(cells.toArray(String[]::new));
            });
    return table;
  }

  private String symbol(Place place) {
    return seen.stream()
        .filter(at -> at.place().equals(place))
        .findFirst()
        .map(at -> symbol(at.run()))
        .orElse("-");
  }

  private static String symbol(ClassRun run) {
    return switch (run.state()) {
      case LockstepState.DidNotMove _ -> "?";
      case LockstepState.NotAsked _ -> "x";
      case LockstepState.Held _, LockstepState.Broken _ ->
          String.valueOf(Collections.max(run.classes()));
    };
  }

  /**
   * Returns a table with one row for each backend and number of threads: at how many places
   * lockstep held and broke, and where it broke first.
   */
  public Table summary() {
    Table summary = new Table(1, List.of(Table.word(""), Table.text("")));
    for (String picture : byPicture().keySet()) {
      List<Seen> mine = seen.stream().filter(at -> at.place().picture().equals(picture)).toList();
      List<Seen> broken = mine.stream().filter(at -> at.run().broken()).toList();
      long held = mine.stream().filter(at -> at.run().held()).count();
      long neither = mine.size() - held - broken.size();
      summary.row(
          picture,
          String.format(
              Locale.ROOT,
              "%d places: held at %d, broken at %d%s%s",
              mine.size(),
              held,
              broken.size(),
              neither == 0 ? "" : ", no verdict at " + neither,
              broken.isEmpty() ? "" : ", first at " + broken.getFirst()));
    }
    return summary;
  }

  /** Returns the places where an exact backend broke lockstep or a backend failed. */
  public List<String> faults() {
    return seen.stream()
        .filter(at -> at.run().isFault())
        .map(at -> at.place().picture() + ", " + at)
        .toList();
  }

  private record Json(
      int steps, int hiddenLayers, long placesLeftOut, List<Row> rows, List<String> faults) {}

  /**
   * The result at a place, without its threads.
   *
   * @param reason why it was not run; null if it was
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Row(
      String backend,
      int width,
      int batch,
      Verdict verdict,
      LockstepFields lockstep,
      @JsonSetter(nulls = Nulls.SET) @Nullable String reason) {}

  /** Returns all results, without the threads. */
  public ObjectNode json() {
    return (ObjectNode)
        JsonFile.tree(
            new Json(
                steps,
                HIDDEN_LAYERS,
                leftOut().stream().map(Place::size).distinct().count(),
                seen.stream().map(ClassMap::row).toList(),
                faults()));
  }

  private static Row row(Seen at) {
    Place place = at.place();
    return new Row(
        place.backend().name(),
        place.width(),
        place.batch(),
        at.run().verdict(),
        LockstepFields.of(at.run().state()),
        at.run().state() instanceof LockstepState.NotAsked ? at.run().reason() : null);
  }
}
