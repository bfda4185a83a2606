package dev.lockstep.bench.map;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.files.Document;
import dev.lockstep.bench.files.InputFolder;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.files.OutputFolder;
import dev.lockstep.bench.map.MapResult.Break;
import dev.lockstep.bench.map.MapResult.Row;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.report.ForeignText;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvSchema;

/** The files of a map, and how a map is read from its folder. Nothing in a folder is trusted. */
public final class MapFolder {

  /** The networks, a line each. */
  public static final String CSV = "map.csv";

  /** Where they were trained. */
  public static final String ENVIRONMENT = "environment.txt";

  /** The tables. */
  public static final String TEXT = "map.txt";

  /** What a map's folder holds before its manifest. */
  public static final OutputFolder.Form FORM =
      new OutputFolder.Form(
          InputFolder.MANIFEST, Set.of(ENVIRONMENT, CSV), "expected an empty one");

  private static final String REASON = "reason";

  static final List<String> COLUMNS =
      List.of(
          "backend",
          "threads",
          "width",
          "batch",
          "verdict",
          "lockstep",
          "classes",
          "step",
          "layer",
          "first-unit",
          "last-unit",
          "operation",
          REASON);

  /** Those of earlier versions. */
  private static final List<String> WITHOUT_REASON = COLUMNS.subList(0, COLUMNS.size() - 1);

  private static final ObjectReader ROWS =
      CsvMapper.builder()
          .build()
          .readerForMapOf(String.class)
          .with(CsvSchema.emptySchema().withHeader());

  static final String BROKEN = "broken";

  private static final int BREAK_COLUMNS = 6;

  private static final List<String> LOCKSTEP = List.of("held", BROKEN, "did not move", "not run");

  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  /** More than a map has, so that a line that claims more is refused. */
  private static final int MOST_LAYERS = 1000;

  private MapFolder() {}

  /** The manifest of a map. */
  private record Manifest(
      int schema,
      String kind,
      String state,
      @JsonSetter(nulls = Nulls.SET) @Nullable Integer steps,
      Map<String, String> files) {}

  /**
   * Reads a map.
   *
   * @throws InputException if the folder holds no map, or a file is damaged or was changed
   */
  public static MapResult read(Path path) {
    InputFolder folder =
        InputFolder.open(
            path, Document.MAP.kind(), Document.MAP.version(), "`lockstep map` makes another");
    Path file = folder.file(InputFolder.MANIFEST);
    Manifest manifest = JsonFile.read(file, folder.manifest(), Manifest.class);
    boolean complete = InputFolder.isComplete(file.toString(), manifest.state());
    Integer steps = manifest.steps();
    if (steps != null && (steps < 1 || steps > Limits.MAP_STEPS.count())) {
      throw new InputException(
          file.toString(), "steps", steps, "expected 1 to " + Limits.MAP_STEPS.count());
    }
    folder.declare(manifest.files(), List.of(CSV, ENVIRONMENT), List.of(TEXT));
    for (String needed : List.of(CSV, ENVIRONMENT)) {
      if (!manifest.files().containsKey(needed)) {
        throw new InputException(file.toString(), "files", needed, "which is missing");
      }
    }
    String environment = new String(folder.bytes(ENVIRONMENT), StandardCharsets.UTF_8);
    return new MapResult(
        steps,
        complete,
        environment.lines().toList(),
        rows(folder.file(CSV).toString(), folder.bytes(CSV)));
  }

  /**
   * Writes the manifest of what a folder holds.
   *
   * @param steps of each network; null if that was not kept
   */
  public static void seal(OutputFolder folder, String state, @Nullable Integer steps) {
    ObjectNode json = Document.MAP.begin().put("state", state);
    if (steps != null) {
      json.put("steps", steps);
    }
    folder.digests().forEach(json.putObject("files")::put);
    folder.write(InputFolder.MANIFEST, JsonFile.text(json));
    folder.keep();
  }

  /** Reads a map and adds it to a page. */
  public static void addTo(Contents contents, String name, Path path) {
    MapResult map = read(path);
    contents.add(name, map).add(name, map.provenance());
  }

  /** A header line and one line for each row. */
  static List<String> csv(List<Row> rows) {
    return Stream.concat(Stream.of(COLUMNS.stream()), rows.stream().map(MapFolder::fields))
        .map(ForeignText::csvLine)
        .toList();
  }

  private static Stream<String> fields(Row row) {
    Break broken = row.broken();
    return Stream.concat(
        Stream.of(
            row.backend(),
            row.threads() == null ? "" : String.valueOf(row.threads()),
            String.valueOf(row.width()),
            String.valueOf(row.batch()),
            row.verdict(),
            row.lockstep(),
            row.classes().stream().map(String::valueOf).collect(Collectors.joining(" "))),
        broken == null
            ? Stream.generate(() -> "").limit(BREAK_COLUMNS)
            : Stream.of(
                String.valueOf(broken.step()),
                String.valueOf(broken.layer()),
                String.valueOf(broken.firstUnit()),
                String.valueOf(broken.lastUnit()),
                broken.operation(),
                Objects.requireNonNullElse(broken.reason(), "")));
  }

  /**
   * Reads the networks of a map.
   *
   * @param file where the table is from
   * @throws InputException naming the row, if one cannot be
   */
  public static List<Row> rows(String file, byte[] table) {
    List<Row> rows = new ArrayList<>();
    try (MappingIterator<Map<String, String>> lines = ROWS.readValues(table)) {
      while (lines.hasNext()) {
        Map<String, String> line = lines.next();
        List<String> columns = List.copyOf(line.keySet());
        if (!columns.equals(COLUMNS) && !columns.equals(WITHOUT_REASON)) {
          throw new InputException(file, "columns", line.keySet(), "expected " + COLUMNS);
        }
        Limits.COMBINATIONS.require(file, "rows", rows.size() + 1);
        rows.add(new Line(file + ", row " + (rows.size() + 1), line).row());
      }
    } catch (JacksonException e) {
      throw new InputException(
          file + ", row " + (rows.size() + 1),
          "content",
          e.getOriginalMessage(),
          "expected fields separated by commas");
    }
    return rows;
  }

  /** A line of the table. */
  private record Line(String source, Map<String, String> fields) {

    String text(String field) {
      return Objects.requireNonNull(fields.get(field), field);
    }

    String oneOf(String field, List<String> known) {
      if (!known.contains(text(field))) {
        throw new InputException(
            source, field, text(field), "expected " + String.join(", ", known));
      }
      return text(field);
    }

    int axis(String axis) {
      return Integer.parseInt(Axis.require(source, axis, text(axis)));
    }

    int number(String field) {
      return number(field, text(field));
    }

    int number(String field, String text) {
      if (!NUMBER.matcher(text).matches()) {
        throw new InputException(source, field, text, "expected a whole number");
      }
      return Integer.parseInt(text);
    }

    Row row() {
      String lockstep = oneOf("lockstep", LOCKSTEP);
      List<Integer> classes =
          Arrays.stream(text("classes").split(" ", MOST_LAYERS))
              .filter(text -> !text.isEmpty())
              .map(text -> number("classes", text))
              .toList();
      if (classes.isEmpty() && (lockstep.equals(BROKEN) || lockstep.equals("held"))) {
        throw new InputException(source, "classes", "", "expected a number for each hidden layer");
      }
      return new Row(
          Axis.require(source, Axis.BACKEND, text(Axis.BACKEND)),
          text(Axis.THREADS).isEmpty() ? null : axis(Axis.THREADS),
          axis(Axis.WIDTH),
          axis(Axis.BATCH),
          oneOf("verdict", Arrays.stream(Verdict.values()).map(Verdict::name).toList()),
          lockstep,
          classes,
          lockstep.equals(BROKEN) ? broken() : null);
    }

    private Break broken() {
      return new Break(
          number("step"),
          number("layer"),
          number("first-unit"),
          number("last-unit"),
          text("operation"),
          fields.getOrDefault(REASON, "").isEmpty() ? null : text(REASON));
    }
  }
}
