package dev.lockstep.bench.inspect;

import dev.lockstep.bench.files.Document;
import dev.lockstep.file.TensorFile;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes an inspection as JSON. */
final class InspectJson {

  private InspectJson() {}

  static ObjectNode of(Inspection inspection, int exitCode) {
    ObjectNode json = Document.INSPECT.begin();
    json.put("file", inspection.file().toString());
    json.put("format", inspection.format().label());
    json.put("near", inspection.limit());
    json.put("verdict", inspection.finding().map(Enum::name).orElse("NO_WEIGHTS"));
    json.put("exit-code", exitCode);
    ArrayNode weights = json.putArray("weights");
    for (WeightReport weight : inspection.weights()) {
      ObjectNode node = weights.addObject();
      entry(node, weight.entry());
      ArrayNode axes = node.putArray("axes");
      weight.axes().forEach(axis -> axis(axes.addObject(), axis));
    }
    ArrayNode skipped = json.putArray("skipped");
    for (Skipped tensor : inspection.skipped()) {
      ObjectNode node = skipped.addObject();
      entry(node, tensor.entry());
      node.put("reason", tensor.reason().label());
    }
    return json;
  }

  private static void entry(ObjectNode node, TensorFile.Entry entry) {
    node.put("name", entry.name());
    node.put("type", entry.type());
    entry.shape().forEach(node.putArray("shape")::add);
  }

  private static void axis(ObjectNode node, AxisReport axis) {
    node.put("axis", axis.along().axis());
    node.put("units-are", axis.along().label().toLowerCase(Locale.ROOT));
    node.put("units", axis.units());
    node.put("classes", axis.classes());
    node.put("classes-by-value", axis.classesByValue());
    node.put("finding", axis.finding().name());
    ArrayNode equal = node.putArray("equal-units");
    axis.equal().forEach(units -> units.forEach(equal.addArray()::add));
    axis.dead().forEach(node.putArray("dead-units")::add);
    node.put("units-not-finite", axis.notFinite());
    if (axis.near().isEmpty()) {
      node.putNull("near-duplicates");
      return;
    }
    AxisReport.Near near = axis.near().get();
    ObjectNode found = node.putObject("near-duplicates");
    found.put("units", near.units());
    near.example()
        .ifPresent(pair -> found.putArray("example").add(pair.first()).add(pair.second()));
    found.put("classes-compared", near.searched());
    found.put("classes-to-compare", near.candidates());
  }
}
