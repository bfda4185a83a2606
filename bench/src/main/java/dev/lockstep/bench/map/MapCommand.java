package dev.lockstep.bench.map;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.external.ProgramOptions;
import dev.lockstep.bench.files.InputFolder;
import dev.lockstep.bench.files.OutputFolder;
import dev.lockstep.bench.files.PathFree;
import dev.lockstep.bench.files.ResultsFolder;
import dev.lockstep.bench.flags.BackendNames;
import dev.lockstep.bench.flags.Bounds;
import dev.lockstep.bench.flags.Budget;
import dev.lockstep.bench.flags.Durations;
import dev.lockstep.bench.flags.FlagValues;
import dev.lockstep.bench.flags.NamesScenario;
import dev.lockstep.bench.flags.Range;
import dev.lockstep.bench.flags.ThreadCounts;
import dev.lockstep.bench.page.HtmlFormat;
import dev.lockstep.bench.report.ReportFiles;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.surroundings.Surroundings;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Terminal;
import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code lockstep map}: shows where a backend's products give equal columns different bits. */
@Command(
    name = "map",
    mixinStandardHelpOptions = true,
    description = {
      "Trains networks of two hidden layers whose units start equal, over widths and batches, and"
          + " counts the classes of equal units after the last step. No library promises an order"
          + " of addition, so a library that breaks lockstep is a finding; on an exact backend it"
          + " is a fault.",
      ""
    },
    footer = {
      "",
      "DIR gets map.csv (a line for each network), map.txt (tables), environment.txt and"
          + " manifest.json with the SHA-256 of each; no file is ever half written. Exit codes: 0"
          + " done; 1 an exact backend broke lockstep, or a backend failed; 2 a flag or a file was"
          + " wrong.",
      "",
      "Examples:",
      "  lockstep map --out map-1",
      "  lockstep map --out map-2 --backends vector --width 7,33,250,1021 --batch 1,33 --threads 2"
    })
public final class MapCommand implements Callable<Integer>, NamesScenario {
  private static final int INDENT = 2;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder for the files; created if missing, and must be empty.")
  Path out = Path.of("");

  private final BackendNames backends =
      new BackendNames("Exact names (default: all that can run, except scalar and double).");

  @Mixin private final CommandSpec backendFlags = backends.flags();

  @Option(
      names = "--width",
      converter = FlagValues.UnitRanges.class,
      paramLabel = "N",
      description =
          "Units of a hidden layer, or ranges such as 8..1024*2 (default: 2^k and its neighbours"
              + " from 8 to 1024, and 250 and 1021).")
  @Nullable Range widths;

  @Option(
      names = "--batch",
      converter = FlagValues.RowRanges.class,
      defaultValue = "1,7,32,33,250,256",
      paramLabel = "N",
      description = "Rows of a step (default: ${DEFAULT-VALUE}).")
  Range batches = new Range(List.of());

  @Mixin final ThreadCounts threads = new ThreadCounts();

  @Option(
      names = "--steps",
      converter = Steps.class,
      paramLabel = "N",
      description = "Steps of a network (default: ${DEFAULT-VALUE}).")
  int steps = 200;

  @Option(
      names = "--budget",
      converter = FlagValues.Times.class,
      defaultValue = "30m",
      paramLabel = "T",
      description = "Start no network after this time, such as 20m (default: ${DEFAULT-VALUE}).")
  Duration budget = Duration.ZERO;

  @Mixin final ProgramOptions programs = new ProgramOptions();

  private final ReportFiles<Path> files =
      new ReportFiles<>(List.of(HtmlFormat.ofFolder("map", MapFolder::addTo)));

  @Mixin private final CommandSpec formats = files.flags();

  private static final class Steps extends FlagValues.Numbers {
    Steps() {
      super(new Bounds(1, Limits.MAP_STEPS.count()));
    }
  }

  @Override
  public String sourceOf(String field) {
    return field.equals("hidden") ? "--width" : "--" + field;
  }

  @Override
  public Integer call() {
    programs.use();
    Budget limit = Budget.of(budget);
    List<Candidate> candidates = candidates();
    ClassMap map = new ClassMap(places(candidates), steps, threads.device());
    map.requireAll();
    for (Candidate candidate : candidates) {
      ResultsFolder.guard(candidate.hardware(), "--out", out.resolve(MapFolder.CSV));
    }
    files.require(candidates.stream().map(Candidate::hardware).toList());
    try (OutputFolder folder = OutputFolder.begin("--out", out, MapFolder.FORM)) {
      write(folder, MapFolder.ENVIRONMENT, Surroundings.of(CudaMachine.look(), candidates)::print);
      map.run(
          () -> limit.passesWithin(0),
          () -> {
            write(
                folder,
                MapFolder.CSV,
                MapFolder.csv(map.rows()).stream().map(PathFree::text).toList());
            MapFolder.seal(folder, InputFolder.PARTIAL, steps);
          });
      write(folder, MapFolder.TEXT, map::pictures);
      MapFolder.seal(
          folder, map.leftOut().isEmpty() ? InputFolder.COMPLETE : InputFolder.PARTIAL, steps);
    }
    Printer out = Printer.report();
    map.faults().forEach(fault -> out.verdicts().paragraph("FAULT: " + fault, 0, INDENT));
    int leftOut = map.leftOut().size();
    if (leftOut > 0) {
      out.paragraph(
          leftOut + " places left out: the budget of " + Durations.text(budget) + " is used up");
    }
    out.verdicts().table(map.summary(), 0);
    if (map.rows().isEmpty() && files.isNamed()) {
      throw new InputException("--html", "networks", 0, "expected one that ran within the budget");
    }
    return files.write(this.out, map.faults().isEmpty() ? 0 : 1);
  }

  private static List<Integer> usualWidths() {
    TreeSet<Integer> widths = new TreeSet<>(List.of(250, 1021));
    for (int power = 8; power <= 1024; power *= 2) {
      widths.addAll(List.of(power - 1, power, power + 1));
    }
    return List.copyOf(widths);
  }

  private List<Candidate> candidates() {
    Resources resources = threads.resources(1);
    List<String> names = backends.names();
    if (names == null) {
      return Candidate.usual(resources).stream()
          .filter(Candidate::available)
          .filter(each -> each.backend().speed() == Backend.Speed.FULL)
          .toList();
    }
    return Candidate.required(BackendNames.FLAG, names, resources);
  }

  private List<ClassMap.Place> places(List<Candidate> candidates) {
    List<Integer> width = widths == null ? usualWidths() : widths.values();
    Bounds.requireFew(
        "map",
        "networks",
        Bounds.product(List.of(candidates, threads.all(), width, batches.values())));
    List<ClassMap.Place> places = new ArrayList<>();
    for (Candidate candidate : candidates) {
      for (int count : threads.of(candidate.backend())) {
        for (int units : width) {
          for (int batch : batches.values()) {
            places.add(new ClassMap.Place(candidate.backend(), count, units, batch));
          }
        }
      }
    }
    return places;
  }

  private static void write(OutputFolder folder, String file, Consumer<Printer> content) {
    write(folder, file, Printer.lines(Terminal.USUAL_COLUMNS, PathFree::text, content));
  }

  private static void write(OutputFolder folder, String file, List<String> lines) {
    folder.write(file, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
