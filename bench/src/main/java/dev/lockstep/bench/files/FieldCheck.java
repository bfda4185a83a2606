package dev.lockstep.bench.files;

import dev.lockstep.input.InputException;
import java.util.Collection;
import java.util.Objects;

/**
 * Checks the values of fields that were read; each method throws an {@link InputException} that
 * names the source, the field and the value.
 *
 * @param source the file, and the part of it
 */
public record FieldCheck(String source) {

  /** A check of a part of the same file. */
  public FieldCheck of(String part) {
    return new FieldCheck(source + ", " + part);
  }

  /** Refuses a value unless it is sound. */
  public void require(boolean sound, String field, Object value, String otherwise) {
    if (!sound) {
      throw new InputException(source, field, value, otherwise);
    }
  }

  /** Accepts one number. */
  public void equal(String field, long value, long expected) {
    within(field, value, expected, expected);
  }

  /** Accepts one value. */
  public void same(String field, Object value, Object expected) {
    require(Objects.equals(value, expected), field, value, "expected " + expected);
  }

  /** Accepts the values of a list. */
  public void oneOf(String field, String value, Collection<String> expected) {
    require(
        expected.contains(value),
        field,
        value,
        "expected " + (expected.size() == 1 ? "" : "one of ") + String.join(", ", expected));
  }

  /** Accepts whole numbers of a range. */
  public void within(String field, long value, long least, long most) {
    require(
        value >= least && value <= most,
        field,
        value,
        "expected " + (least == most ? String.valueOf(least) : least + " to " + most));
  }

  /** Accepts whole numbers from one on. */
  public void atLeast(String field, long value, long least) {
    require(value >= least, field, value, "expected at least " + least);
  }

  /** Accepts finite numbers that are not negative. */
  public void positive(String field, double value) {
    require(
        value >= 0 && value < Double.POSITIVE_INFINITY,
        field,
        value,
        "expected a finite number of at least 0");
  }

  /** Accepts what calls itself a document of this program's version. */
  public void document(int schema, String kind, Document expected) {
    equal("schema", schema, expected.version());
    same("kind", kind, expected.kind());
  }
}
