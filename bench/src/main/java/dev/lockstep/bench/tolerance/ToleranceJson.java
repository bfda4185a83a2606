package dev.lockstep.bench.tolerance;

import dev.lockstep.agreement.ProductTolerance;
import dev.lockstep.agreement.Tolerance;
import dev.lockstep.bench.files.Document;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes tolerances as JSON. */
final class ToleranceJson {

  private ToleranceJson() {}

  static ObjectNode of(Tolerances tolerances, int exitCode) {
    ObjectNode json = Document.TOLERANCE.begin();
    json.put("precision", tolerances.precision().label());
    json.put("exit-code", exitCode);
    switch (tolerances) {
      case Tolerances.OfProduct product -> {
        json.put("shape", product.shape().toString());
        json.put("operands", product.operands());
        ProductTolerance tolerance = product.tolerance();
        put(json.putObject("bound"), tolerance.bound());
        tolerance
            .statistics()
            .ifPresentOrElse(
                each -> {
                  ObjectNode node = json.putObject("statistics");
                  node.put("false-alarms", ProductTolerance.FALSE_ALARMS);
                  put(node, each);
                },
                () -> json.putNull("statistics"));
      }
      case Tolerances.OfStep step -> {
        json.put("network", step.network());
        json.put("batch", step.batch());
        ArrayNode tensors = json.putArray("tensors");
        step.tensors()
            .forEach(
                each -> {
                  ObjectNode tensor = tensors.addObject();
                  tensor.put("tensor", each.tensor());
                  tensor.putArray("shape").add(each.rows()).add(each.columns());
                  put(tensor.putObject("bound"), each.tolerance());
                });
      }
    }
    return json;
  }

  private static void put(ObjectNode node, Tolerance tolerance) {
    node.put("rtol", tolerance.rtol());
    node.put("atol", tolerance.atol());
    put(node, "smallest-error-of-all", tolerance.visible().whole());
    put(node, "smallest-error-of-one", tolerance.visible().element());
  }

  /** An error of zeros is infinite, relatively. */
  private static void put(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, value);
    } else {
      node.putNull(name);
    }
  }
}
