package dev.lockstep.bench.cases;

import dev.lockstep.backend.Work;
import dev.lockstep.bench.timing.ElementwiseKind;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Labelled;
import dev.lockstep.input.Limits;
import dev.lockstep.model.Activation;
import dev.lockstep.program.ProductForm;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The axes of all harnesses, by their names in flags, in JMH and in results, and the values that
 * each may have, wherever a value comes from.
 */
public final class Axis {
  public static final String BACKEND = "backend";
  public static final String WIDTH = "width";
  public static final String DEPTH = "depth";
  public static final String BATCH = "batch";
  public static final String ACTIVATION = "activation";
  public static final String INIT = "init";
  public static final String THREADS = "threads";
  public static final String SHAPE = "shape";
  public static final String FORM = "form";
  public static final String FOOTPRINT = "footprint";
  public static final String OPERATION = "operation";
  public static final String CACHE = "cache";
  public static final String SUBMISSION = "submission";
  public static final String MEMORY = "memory";
  public static final String DIRECTION = "direction";
  public static final String SIZE = "size";

  /** An axis in addition to those of the harnesses: which of two builds runs. */
  public static final String BUILD = "build";

  public static final String THIS_BUILD = "this";
  public static final String OTHER_BUILD = "other";

  /** The axes of every harness that trains. */
  public static final List<String> OF_STEP =
      List.of(BACKEND, WIDTH, DEPTH, BATCH, ACTIVATION, INIT, THREADS);

  /** The values of {@link #INIT}. */
  public static final List<String> INITS = List.of("random", "equal");

  /** The values of {@link #MEMORY}. */
  public static final List<String> MEMORIES = List.of("pinned", "pageable");

  /** The values of {@link #DIRECTION}. */
  public static final List<String> DIRECTIONS = List.of("to-device", "to-host");

  /** The largest copy in KiB: a tebibyte. */
  private static final int MOST_KIBIBYTES = 1 << 30;

  private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,9}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private Axis() {}

  /**
   * Checks the value of an axis.
   *
   * @param source the flag or the file that has the value
   * @return the value
   * @throws InputException naming the source, the axis and the value, if the axis cannot have it
   */
  public static String require(String source, String axis, String value) {
    switch (axis) {
      case BACKEND -> {
        if (!NAME.matcher(value).matches()) {
          throw new InputException(source, axis, value, "expected the name of a backend");
        }
      }
      case SHAPE -> Shapes.require(source, value);
      case WIDTH -> number(source, axis, value, Limits.UNITS.count());
      case BATCH -> number(source, axis, value, Integer.MAX_VALUE);
      case DEPTH -> number(source, axis, value, Limits.LAYERS.count());
      case THREADS -> number(source, axis, value, Limits.THREADS.count());
      case FOOTPRINT, SIZE -> number(source, axis, value, MOST_KIBIBYTES);
      case ACTIVATION -> Labelled.of(Activation.class, source, value);
      case OPERATION -> Labelled.of(ElementwiseKind.class, source, value);
      case CACHE -> Labelled.of(Work.CacheState.class, source, value);
      case SUBMISSION -> Labelled.of(Work.Submission.class, source, value);
      case FORM ->
          oneOf(source, axis, value, Stream.of(ProductForm.values()).map(Enum::name).toList());
      case INIT -> oneOf(source, axis, value, INITS);
      case MEMORY -> oneOf(source, axis, value, MEMORIES);
      case DIRECTION -> oneOf(source, axis, value, DIRECTIONS);
      case BUILD -> oneOf(source, axis, value, List.of(THIS_BUILD, OTHER_BUILD));
      default -> throw new InputException(source, "axis", axis, "which no harness has");
    }
    return value;
  }

  private static void number(String source, String axis, String value, int most) {
    if (!NUMBER.matcher(value).matches() || Long.parseLong(value) > most) {
      throw new InputException(source, axis, value, "expected a whole number from 1 to " + most);
    }
  }

  private static void oneOf(String source, String axis, String value, List<String> known) {
    if (!known.contains(value)) {
      throw new InputException(source, axis, value, "expected " + String.join(" or ", known));
    }
  }
}
