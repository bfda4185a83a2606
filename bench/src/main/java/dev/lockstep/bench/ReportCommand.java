package dev.lockstep.bench;

import dev.lockstep.bench.check.CheckDocument;
import dev.lockstep.bench.compare.CompareJson;
import dev.lockstep.bench.convert.OldMap;
import dev.lockstep.bench.files.Document;
import dev.lockstep.bench.files.InputFolder;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.map.MapFolder;
import dev.lockstep.bench.measure.Answer;
import dev.lockstep.bench.measure.BencherFormat;
import dev.lockstep.bench.order.OrderDocument;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.FolderReader;
import dev.lockstep.bench.page.HtmlFormat;
import dev.lockstep.bench.report.ReportFiles;
import dev.lockstep.bench.results.RunProvenance;
import dev.lockstep.bench.results.RunReader;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.study.TextbookJson;
import dev.lockstep.bench.study.UnitStudy;
import dev.lockstep.bench.suite.SuiteContents;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.ProgressDisplay;
import dev.lockstep.input.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code lockstep report}: shows results as a page, or those of a run as tables. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = {
      "Shows results as one page with pictures, which any browser shows without a network. RESULT"
          + " is a folder that `bench`, `map` or `suite` wrote, a file that `check`, `compare`,"
          + " `order` or `study` wrote with --json, or a folder of such files.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  lockstep report results/my-machine/2026-11-24",
      "  lockstep report results/my-machine/* check.json compare.json --html report.html --open",
      "  lockstep report --text results/my-machine/2026-11-24",
      "  lockstep report --bmf bencher.json results/my-machine/2026-11-24"
    })
final class ReportCommand implements Callable<Integer> {

  private static final Path USUAL = Path.of("report.html");

  /** How a result is read, by what it calls itself. */
  private static final Map<String, FolderReader> READERS = readers();

  @Option(names = "--text", description = "Print the tables of one run of `bench`.")
  boolean text;

  @Parameters(arity = "1..*", paramLabel = "RESULT", description = "Folders and files.")
  List<Path> results = List.of();

  private final ReportFiles<Contents> files =
      new ReportFiles<>(
          List.of(new HtmlFormat<>((contents, _) -> contents, USUAL), new BencherFormat()));

  @Mixin private final CommandSpec formats = files.flags();

  private static Map<String, FolderReader> readers() {
    Map<String, FolderReader> readers = new LinkedHashMap<>();
    readers.put(Document.BENCH.kind(), RunProvenance::addTo);
    readers.put(Document.MAP.kind(), MapFolder::addTo);
    readers.put(Document.SUITE.kind(), SuiteContents::addTo);
    readers.put(
        Document.CHECK.kind(),
        (contents, name, path) -> contents.add(name, CheckDocument.read(path)));
    readers.put(
        Document.UNITS.kind(), (contents, name, path) -> contents.add(name, UnitStudy.read(path)));
    readers.put(Document.COMPARE.kind(), CompareJson::addTo);
    readers.put(Document.STUDY.kind(), TextbookJson::addTo);
    readers.put(Document.ORDER.kind(), OrderDocument::addTo);
    return readers;
  }

  @Override
  public Integer call() {
    results = results.stream().flatMap(path -> InputFolder.results(path).stream()).toList();
    boolean writes = !text || files.isNamed();
    if (text && results.size() > 1) {
      throw new InputException("--text", "number of results", results.size(), "expected one");
    }
    if (writes) {
      files.requireDifferent();
      files.require(List.of());
      files.forEach(this::requireNoResult);
    } else {
      files.requireNone();
    }
    if (text) {
      Printer out = Printer.out();
      out.lines(ProgressDisplay.during("report", () -> tables(out.columns())));
    }
    if (!writes) {
      return 0;
    }
    Contents contents = new Contents();
    Map<Path, String> names = names();
    try (ProgressDisplay progress = ProgressDisplay.of("report", names.size())) {
      names.forEach(
          (path, name) -> {
            progress.message(name);
            reader(path).addTo(contents, name, path);
            progress.step();
          });
    }
    int code = files.write(contents, 0);
    files.forEach((_, file) -> Printer.out().line(file.toString()));
    return code;
  }

  /** Refuses to replace what is to be read. */
  private void requireNoResult(String flag, Path file) {
    Path written = file.toAbsolutePath().normalize();
    for (Path result : results) {
      Path read = result.toAbsolutePath().normalize();
      if (written.equals(read) || written.equals(read.resolve(InputFolder.MANIFEST))) {
        throw new InputException(flag, "file", file, "expected another than the results");
      }
    }
  }

  private List<String> tables(int columns) {
    RunResult run = RunReader.read(results.getFirst());
    return Printer.lines(columns, UnaryOperator.identity(), to -> Answer.print(run, to));
  }

  /** The last part of each path, with the one before it where the last is not enough. */
  private Map<Path, String> names() {
    Map<Path, String> names = new LinkedHashMap<>();
    for (Path path : results) {
      Path whole = path.toAbsolutePath().normalize();
      Path last = last(whole);
      boolean alone =
          results.stream()
                  .map(other -> last(other.toAbsolutePath().normalize()))
                  .filter(last::equals)
                  .count()
              == 1;
      Path parent = whole.getParent();
      names.put(
          path, alone || parent == null ? last.toString() : last(parent).resolve(last).toString());
    }
    return names;
  }

  private static Path last(Path path) {
    return path.getFileName() == null ? path : path.getFileName();
  }

  private static FolderReader reader(Path path) {
    if (OldMap.isOne(path)) {
      throw new InputException(
          path.toString(),
          InputFolder.MANIFEST,
          "missing",
          "as in maps of earlier versions: `lockstep convert` makes one of today's of it");
    }
    Path file = Files.isDirectory(path) ? path.resolve(InputFolder.MANIFEST) : path;
    JsonNode kind = JsonFile.tree(file).path("kind");
    FolderReader reader = READERS.get(kind.asString(""));
    if (reader == null) {
      throw new InputException(
          file.toString(), "kind", kind, "expected " + String.join(", ", READERS.keySet()));
    }
    return reader;
  }
}
