package dev.lockstep.bench;

import dev.lockstep.bench.check.CheckDocument;
import dev.lockstep.bench.check.WrittenCheck;
import dev.lockstep.bench.compare.CompareJson;
import dev.lockstep.bench.compare.WrittenComparison;
import dev.lockstep.bench.files.InputFolder;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.map.MapFolder;
import dev.lockstep.bench.map.WrittenMap;
import dev.lockstep.bench.order.OrderDocument;
import dev.lockstep.bench.order.WrittenOrder;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Section;
import dev.lockstep.bench.study.TextbookJson;
import dev.lockstep.bench.study.UnitStudy;
import dev.lockstep.bench.study.WrittenTextbook;
import dev.lockstep.bench.study.WrittenUnits;
import dev.lockstep.bench.suite.SuiteContents;
import dev.lockstep.bench.suite.WrittenSuite;
import dev.lockstep.file.Sha256;
import dev.lockstep.fuzz.FuzzTarget;
import dev.lockstep.fuzz.FuzzedFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What {@code report} reads besides runs, read and made into the data of a page, for a
 * coverage-guided fuzzer: an input is the content of one file; the others of its folder are sound,
 * and the manifest has the digests of all.
 */
enum ReportFuzz implements FuzzTarget {
  MAP_MANIFEST(Kind.MAP, InputFolder.MANIFEST),
  MAP_ROWS(Kind.MAP, "map.csv"),
  MAP_ENVIRONMENT(Kind.MAP, "environment.txt"),
  SUITE_MANIFEST(Kind.SUITE, InputFolder.MANIFEST),
  SUITE_DOCTOR(Kind.SUITE, "doctor.json"),
  SUITE_CHECK(Kind.SUITE, "check.json"),
  SUITE_CLASSES(Kind.SUITE, "classes.json"),
  SUITE_TIMINGS(Kind.SUITE, "timings.json"),
  CHECK(Kind.CHECK, "check.json"),
  UNITS(Kind.UNITS, "units.json"),
  COMPARE(Kind.COMPARE, "compare.json"),
  STUDY(Kind.STUDY, "study.json"),
  ORDER(Kind.ORDER, "order.json");

  /** What the fuzzer makes up at most; it cuts longer seeds. */
  static final int LONGEST = 8192;

  private static final List<Section> SECTIONS =
      ServiceLoader.load(Section.class).stream().map(ServiceLoader.Provider::get).toList();

  private final Kind kind;
  private final String file;

  ReportFuzz(Kind kind, String file) {
    this.kind = kind;
    this.file = file;
  }

  /** What a result is, how it is written and read. */
  private enum Kind {
    MAP(WrittenMap::write, (contents, folder) -> MapFolder.addTo(contents, "map", folder)),
    SUITE(
        WrittenSuite::write, (contents, folder) -> SuiteContents.addTo(contents, "suite", folder)),
    CHECK(
        folder -> JsonFile.write(folder.resolve("check.json"), WrittenCheck.json()),
        (contents, folder) ->
            contents.add("check", CheckDocument.read(folder.resolve("check.json")))),
    UNITS(
        folder -> WrittenUnits.write(folder.resolve("units.json")),
        (contents, folder) -> contents.add("units", UnitStudy.read(folder.resolve("units.json")))),
    COMPARE(
        folder -> WrittenComparison.write(folder.resolve("compare.json")),
        (contents, folder) ->
            CompareJson.addTo(contents, "compare", folder.resolve("compare.json"))),
    STUDY(
        folder -> WrittenTextbook.write(folder.resolve("study.json")),
        (contents, folder) -> TextbookJson.addTo(contents, "study", folder.resolve("study.json"))),
    ORDER(
        folder -> WrittenOrder.write(folder.resolve("order.json")),
        (contents, folder) -> OrderDocument.addTo(contents, "order", folder.resolve("order.json")));

    private final FuzzedFolder folder;
    private final Reader reader;

    Kind(Consumer<Path> writer, Reader reader) {
      this.reader = reader;
      folder = new FuzzedFolder("-report-" + name(), written(writer));
    }

    private interface Reader {
      void read(Contents contents, Path folder);
    }

    /** Reads the folder and makes the data of every section of it. */
    void show(Path folder) {
      Contents contents = new Contents();
      reader.read(contents, folder);
      for (Section section : SECTIONS) {
        section.data(contents).ifPresent(JsonFile::line);
      }
    }

    private static Map<String, byte[]> written(Consumer<Path> writer) {
      try {
        Path folder = Files.createTempDirectory("lockstep-sound");
        Map<String, byte[]> files = new HashMap<>();
        writer.accept(folder);
        try (Stream<Path> all = Files.list(folder)) {
          for (Path file : all.toList()) {
            byte[] content = Files.readAllBytes(file);
            String name = String.valueOf(file.getFileName());
            files.put(name, name.endsWith(".json") ? compact(file, content) : content);
            Files.delete(file);
          }
        }
        Files.delete(folder);
        byte[] manifest = files.get(InputFolder.MANIFEST);
        if (manifest != null) {
          files.put(InputFolder.MANIFEST, declared(manifest, files));
        }
        return files;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static byte[] compact(Path file, byte[] content) {
      return JsonFile.line(JsonFile.tree(file.toString(), content))
          .getBytes(StandardCharsets.UTF_8);
    }
  }

  /** The manifest with the digests of some files. */
  private static byte[] declared(byte[] manifest, Map<String, byte[]> files) {
    String text = new String(manifest, StandardCharsets.UTF_8);
    for (Map.Entry<String, byte[]> each : files.entrySet()) {
      text =
          text.replaceAll(
              "\"" + each.getKey() + "\":\"[0-9a-f]{64}\"",
              "\"" + each.getKey() + "\":\"" + Sha256.of(each.getValue()) + "\"");
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public List<byte[]> seeds() {
    return List.of(kind.folder.sound().get(file));
  }

  @Override
  public void accept(byte[] input) {
    Map<String, byte[]> files = new HashMap<>(Map.of(file, input));
    byte[] manifest = kind.folder.sound().get(InputFolder.MANIFEST);
    if (manifest != null && !file.equals(InputFolder.MANIFEST)) {
      files.put(InputFolder.MANIFEST, declared(manifest, files));
    }
    kind.folder.check(files, input.length, kind::show);
  }

  /** Reads the sound files; nothing is refused. */
  void sound() {
    kind.show(kind.folder.path());
  }
}
