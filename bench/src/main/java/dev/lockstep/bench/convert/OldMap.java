package dev.lockstep.bench.convert;

import dev.lockstep.bench.files.InputFolder;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.files.OutputFolder;
import dev.lockstep.bench.map.MapFolder;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A map whose folder has no manifest. It has the files of today, and tells in its tables, which
 * were written last, how many steps each network took and which networks were left out.
 *
 * @param files content by name
 * @param steps of each network; null without tables
 * @param state whether all networks were run
 */
public record OldMap(Map<String, byte[]> files, @Nullable Integer steps, String state) {

  private static final Pattern STEPS = Pattern.compile("after\\s{1,9}(\\d{1,9})\\s{1,9}steps");

  /** A row of a table: a width, then a number or a sign for each batch. */
  private static final Pattern ROW = Pattern.compile(" *\\d++(?: ++(?:\\d++|[?x-]))++ *");

  /** The sign for a network that was left out. */
  private static final String LEFT_OUT = " -";

  /** Whether a folder holds such a map. */
  public static boolean isOne(Path folder) {
    return !Files.exists(folder.resolve(InputFolder.MANIFEST), LinkOption.NOFOLLOW_LINKS)
        && Files.exists(folder.resolve(MapFolder.CSV), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Reads a map.
   *
   * @throws InputException if a file is missing, damaged or none of a map
   */
  static OldMap read(Path folder) {
    Map<String, byte[]> files = new TreeMap<>();
    Path csv = InputFolder.file(folder, MapFolder.CSV);
    byte[] table = JsonFile.bytes(csv);
    files.put(MapFolder.CSV, table);
    if (MapFolder.rows(csv.toString(), table).isEmpty()) {
      throw new InputException(csv.toString(), "number of rows", 0, "expected some");
    }
    files.put(
        MapFolder.ENVIRONMENT, JsonFile.bytes(InputFolder.file(folder, MapFolder.ENVIRONMENT)));
    Path tables = InputFolder.file(folder, MapFolder.TEXT);
    if (!Files.exists(tables)) {
      return new OldMap(files, null, InputFolder.PARTIAL);
    }
    byte[] content = JsonFile.bytes(tables);
    files.put(MapFolder.TEXT, content);
    String text = new String(content, StandardCharsets.UTF_8);
    boolean leftOut =
        text.lines().anyMatch(line -> line.contains(LEFT_OUT) && ROW.matcher(line).matches());
    return new OldMap(
        files,
        steps(tables.toString(), text),
        leftOut ? InputFolder.PARTIAL : InputFolder.COMPLETE);
  }

  private static int steps(String source, String text) {
    Matcher steps = STEPS.matcher(text);
    if (!steps.find()) {
      throw new InputException(source, "steps", "missing", "expected `after N steps`");
    }
    int found = Integer.parseInt(steps.group(1));
    if (found < 1 || found > Limits.MAP_STEPS.count()) {
      throw new InputException(source, "steps", found, "expected 1 to " + Limits.MAP_STEPS.count());
    }
    return found;
  }

  /** Writes the map with a manifest. */
  void write(Path path) {
    try (OutputFolder folder = OutputFolder.begin("NEW", path, MapFolder.FORM)) {
      files.forEach(folder::write);
      MapFolder.seal(folder, state, steps);
    }
  }
}
