package dev.lockstep.bench.check;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Unit classes over backends, threads, widths and batches: as a table and as a picture. */
final class ClassMap {

  private final List<Integer> widths;
  private final List<Integer> batches;
  private final Map<Place, ClassRun.Found> found = new LinkedHashMap<>();

  /**
   * Where something was found.
   *
   * @param threads of a backend on the CPU; 0 on a device
   */
  record Place(String backend, int threads, int width, int batch) {
    /** What one picture shows. */
    String picture() {
      return backend
          + (threads == 0 ? "" : ", " + threads + (threads == 1 ? " thread" : " threads"));
    }
  }

  ClassMap(List<Integer> widths, List<Integer> batches) {
    this.widths = List.copyOf(widths);
    this.batches = List.copyOf(batches);
  }

  void put(Place place, ClassRun.Found at) {
    found.put(place, at);
  }

  /** A line a place, names first. */
  List<String> csv() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "backend,threads,width,batch,verdict,lockstep,classes,step,layer,first-unit,last-unit,"
            + "operation");
    found.forEach(
        (place, at) ->
            lines.add(
                String.format(
                    Locale.ROOT,
                    "%s,%s,%d,%d,%s,%s,%s,%s",
                    place.backend(),
                    place.threads() == 0 ? "" : String.valueOf(place.threads()),
                    place.width(),
                    place.batch(),
                    at.verdict(),
                    word(at),
                    at.classes().stream().map(String::valueOf).collect(Collectors.joining(" ")),
                    where(at))));
    return lines;
  }

  private static String word(ClassRun.Found at) {
    return switch (at.state()) {
      case LockstepState.Held _ -> "held";
      case LockstepState.Broken _ -> "broken";
      case LockstepState.DidNotMove _ -> "did not move";
      case LockstepState.NotAsked _ -> "not run";
    };
  }

  private static String where(ClassRun.Found at) {
    return at.state() instanceof LockstepState.Broken broken
        ? String.format(
            Locale.ROOT,
            "%d,%d,%d,%d,%s",
            broken.step(),
            broken.layer(),
            broken.firstUnit(),
            broken.lastUnit(),
            broken.operation())
        : ",,,,";
  }

  /** A picture a backend and number of threads: a row a width, a column a batch. */
  void pictures(Printer out, int steps) {
    out.paragraph(
        "largest number of unit classes of a hidden layer after "
            + steps
            + " steps (1: lockstep held; more: it broke; ?: the units did not move; x: could not"
            + " run; -: not run)");
    for (String picture : found.keySet().stream().map(Place::picture).distinct().toList()) {
      List<Table.Column> columns = new ArrayList<>();
      columns.add(Table.number("width \\ batch"));
      batches.forEach(batch -> columns.add(Table.number(String.valueOf(batch))));
      Table table = new Table(1, columns);
      for (int width : widths) {
        List<String> row = new ArrayList<>();
        row.add(String.valueOf(width));
        batches.forEach(batch -> row.add(symbol(picture, width, batch)));
        table.row(row.toArray(String[]::new));
      }
      out.line();
      out.line(picture);
      out.table(table, 0);
    }
  }

  private String symbol(String picture, int width, int batch) {
    for (Map.Entry<Place, ClassRun.Found> entry : found.entrySet()) {
      Place place = entry.getKey();
      if (place.picture().equals(picture) && place.width() == width && place.batch() == batch) {
        ClassRun.Found at = entry.getValue();
        return switch (at.state()) {
          case LockstepState.DidNotMove _ -> "?";
          case LockstepState.NotAsked _ -> "x";
          case LockstepState.Held _, LockstepState.Broken _ ->
              String.valueOf(Collections.max(at.classes()));
        };
      }
    }
    return "-";
  }

  /** A row a picture: at how many places it held, and where it broke first. */
  Table summary() {
    Table summary = new Table(1, List.of(Table.word(""), Table.text("")));
    for (String picture : found.keySet().stream().map(Place::picture).distinct().toList()) {
      List<Map.Entry<Place, ClassRun.Found>> mine =
          found.entrySet().stream().filter(e -> e.getKey().picture().equals(picture)).toList();
      long broken = mine.stream().filter(entry -> entry.getValue().broken()).count();
      long held =
          mine.stream()
              .filter(entry -> entry.getValue().state() instanceof LockstepState.Held)
              .count();
      String first =
          mine.stream()
              .filter(entry -> entry.getValue().broken())
              .findFirst()
              .map(
                  entry ->
                      String.format(
                          Locale.ROOT,
                          ", first at width %d batch %d: %s",
                          entry.getKey().width(),
                          entry.getKey().batch(),
                          entry.getValue().reason()))
              .orElse("");
      summary.row(
          picture,
          String.format(
              Locale.ROOT,
              "%d places: held at %d, broken at %d%s%s",
              mine.size(),
              held,
              broken,
              mine.size() - held - broken == 0
                  ? ""
                  : ", no verdict at " + (mine.size() - held - broken),
              first));
    }
    return summary;
  }

  /** Places where an exact backend broke lockstep, or a backend failed. */
  List<String> faults() {
    return found.entrySet().stream()
        .filter(
            entry ->
                entry.getValue().verdict() == Verdict.DIFFERS
                    || entry.getValue().verdict() == Verdict.FAILED)
        .map(
            entry ->
                String.format(
                    Locale.ROOT,
                    "%s, width %d batch %d: %s",
                    entry.getKey().picture(),
                    entry.getKey().width(),
                    entry.getKey().batch(),
                    entry.getValue().reason()))
        .toList();
  }
}
