package dev.lockstep.bench.files;

import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The kinds of JSON that this program writes, with the version of each. A version grows when a
 * field changes its meaning or goes. The schema of each lies beside this class's jar entry as
 * {@code schemas/KIND.schema.json}, such as {@code schemas/check.schema.json}.
 */
public enum Document {
  /** {@code check --json}. */
  CHECK(2),
  /** {@code compare --json}. */
  COMPARE(2),
  /** {@code doctor --json}. */
  DOCTOR(1),
  /** {@code inspect --json}. */
  INSPECT(1),
  /** {@code order --json}. */
  ORDER(1),
  /** {@code tolerance --json}. */
  TOLERANCE(1),
  /** {@code study textbook --json}. */
  STUDY(2),
  /** {@code study units --json}. */
  UNITS(1),
  /** The manifest of {@code map}. */
  MAP(2),
  /** The manifest of {@code suite}. */
  SUITE(2),
  /** The manifest of {@code bench}. */
  BENCH(2),
  /** {@code check --baseline} and {@code compare --baseline}. */
  BASELINE(1);

  private final int version;

  Document(int version) {
    this.version = version;
  }

  /** The version, in the field {@code schema}. */
  public int version() {
    return version;
  }

  /** What the file calls itself in the field {@code kind}, such as {@code lockstep-check}. */
  public String kind() {
    return "lockstep-" + name().toLowerCase(Locale.ROOT);
  }

  /** An object with the version and the kind. */
  public ObjectNode begin() {
    return JsonMapper.shared().createObjectNode().put("schema", version).put("kind", kind());
  }
}
