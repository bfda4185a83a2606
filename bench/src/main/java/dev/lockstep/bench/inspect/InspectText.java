package dev.lockstep.bench.inspect;

import dev.lockstep.bench.inspect.AxisReport.Finding;
import dev.lockstep.bench.inspect.Inspection.Place;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Prints an inspection: a table, remarks, and the verdict last. */
final class InspectText {

  private static final int INDENT = 2;

  private static final int LABEL_WIDTH = 12;
  private static final int LONGEST_NAME = 60;
  private static final int MOST_PLACES = 3;
  private static final int MOST_NAMES = 20;

  private final Inspection inspection;

  InspectText(Inspection inspection) {
    this.inspection = inspection;
  }

  void print(Printer out) {
    out.paragraph(
        String.format(
            Locale.ROOT,
            "%s (%s): %s",
            inspection.file(),
            inspection.format().label(),
            count(inspection.weights().size(), "weight", "weights")));
    if (!inspection.weights().isEmpty()) {
      out.line();
      out.table(table(), INDENT);
    }
    List<String> remarks = remarks();
    if (!remarks.isEmpty()) {
      out.line();
      remarks.forEach(remark -> out.paragraph(remark, 0, LABEL_WIDTH));
    }
    out.line();
    out.verdict("Verdict: " + verdict());
  }

  private Table table() {
    Table table =
        new Table(
            2,
            List.of(
                Table.word("weight"),
                Table.word("axis"),
                Table.word("type"),
                Table.word("shape"),
                Table.number("units"),
                Table.number("classes"),
                Table.number("dead"),
                Table.number("near")));
    for (WeightReport weight : inspection.weights()) {
      for (AxisReport axis : weight.axes()) {
        boolean first = axis.along().axis() == 0;
        table.row(
            first ? shown(weight.entry().name()) : "",
            axis.along().axis() + " " + axis.along().label(),
            first ? weight.entry().type() : "",
            first ? shape(weight) : "",
            String.valueOf(axis.units()),
            String.valueOf(axis.classes()),
            String.valueOf(axis.dead().size()),
            axis.near().map(InspectText::near).orElse("-"));
      }
    }
    return table;
  }

  private static String near(AxisReport.Near near) {
    return near.units() + (near.complete() ? "" : "+");
  }

  private static String shape(WeightReport weight) {
    return weight.entry().shape().stream().map(String::valueOf).collect(Collectors.joining("x"));
  }

  private List<String> remarks() {
    List<String> remarks = new ArrayList<>();
    add(
        remarks,
        labelled("zeros"),
        axis -> axis.classes() != axis.classesByValue(),
        place ->
            where(place)
                + " are "
                + count(place.axis().classesByValue(), "class", "classes")
                + " if -0 counts as +0",
        "");
    add(
        remarks,
        labelled("not finite"),
        axis -> axis.notFinite() > 0,
        place -> ofAll(place.axis().notFinite(), place) + " hold NaN or infinity",
        "");
    add(
        remarks,
        labelled("near"),
        axis -> !axis.complete(),
        place -> {
          AxisReport.Near near = place.axis().near().orElseThrow();
          return String.format(
              Locale.ROOT,
              "only %d of %d different %s were compared with all others: the search stopped after"
                  + " 2^%d numbers",
              near.searched(),
              near.candidates(),
              where(place),
              Long.numberOfTrailingZeros(NearDuplicates.MOST_NUMBERS));
        },
        "");
    for (Skipped.Reason reason : Skipped.Reason.values()) {
      List<String> names =
          inspection.skipped().stream()
              .filter(tensor -> tensor.reason() == reason)
              .map(tensor -> shown(tensor.entry().name()) + " (" + tensor.entry().type() + ")")
              .toList();
      if (!names.isEmpty()) {
        remarks.add(labelled("skipped") + listed(names, MOST_NAMES, ", ") + ": " + reason.label());
      }
    }
    return remarks;
  }

  /** Adds a sentence with a clause for each place that meets a condition, unless there is none. */
  private void add(
      List<String> sentences,
      String start,
      Predicate<AxisReport> condition,
      Function<Place, String> clause,
      String end) {
    List<String> clauses =
        inspection.places().filter(place -> condition.test(place.axis())).map(clause).toList();
    if (!clauses.isEmpty()) {
      sentences.add(start + listed(clauses, MOST_PLACES, "; ") + end);
    }
  }

  private static String labelled(String label) {
    return label + " ".repeat(LABEL_WIDTH - label.length());
  }

  private String verdict() {
    if (inspection.weights().isEmpty()) {
      return "NO WEIGHTS. The file has no tensor of two to five dimensions whose type is read.";
    }
    Finding finding = inspection.finding().orElseThrow();
    List<String> sentences = new ArrayList<>();
    sentences.add(finding.name().replace('_', ' ') + ".");
    if (finding == Finding.ALL_DIFFER) {
      sentences.add(
          "No two units are equal, and none nearly so (cosine above "
              + inspection.limit()
              + (inspection.complete() ? "" : ", as far as they were compared")
              + ").");
    }
    add(
        sentences,
        "All units are equal: ",
        axis -> axis.finding() == Finding.LOCKSTEP,
        place ->
            place.axis().units()
                + " "
                + where(place)
                + (place.axis().dead().isEmpty() ? "" : " (all zero)"),
        ".");
    add(
        sentences,
        "Some units are equal: ",
        axis -> axis.finding() == Finding.SOME_EQUAL,
        place ->
            ofAll(place.axis().equalUnits(), place) + such(place.axis().equalAlive().getFirst()),
        ".");
    add(
        sentences,
        "Some are near-duplicates: ",
        axis -> axis.nearUnits() > 0,
        place -> {
          NearDuplicates.Pair pair = place.axis().near().orElseThrow().example().orElseThrow();
          return ofAll(place.axis().nearUnits(), place)
              + such(List.of(pair.first(), pair.second()));
        },
        ".");
    add(
        sentences,
        "Dead: ",
        axis -> !axis.dead().isEmpty() && axis.finding() != Finding.LOCKSTEP,
        place -> ofAll(place.axis().dead().size(), place),
        ".");
    return String.join(" ", sentences);
  }

  private static String such(List<Integer> units) {
    return ", such as " + units.get(0) + " and " + units.get(1);
  }

  private static String ofAll(int some, Place place) {
    return some + " of " + place.axis().units() + " " + where(place);
  }

  private static String where(Place place) {
    return place.axis().along().label() + " of " + shown(place.weight().entry().name());
  }

  private static String listed(List<String> items, int most, String separator) {
    int more = items.size() - most;
    return items.stream().limit(most).collect(Collectors.joining(separator))
        + (more > 0 ? separator + "and " + more + " more" : "");
  }

  private static String count(int count, String one, String several) {
    return count + " " + (count == 1 ? one : several);
  }

  private static String shown(String name) {
    if (name.isEmpty()) {
      return "''";
    }
    return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "...";
  }
}
