package dev.lockstep.input;

import java.util.List;

/**
 * A limit on files from outside and on flags. Time and memory are bounded by these limits and by
 * the memory of the JVM, not by what a file promises. {@link #ALL} is printed in docs/limits.md.
 *
 * @param name what is limited
 * @param value the most there may be
 * @param unit of the value
 * @param reason why there is a limit, and why this one
 */
public record Limits(String name, long value, String unit, String reason) {

  /** The longest scenario file. */
  public static final Limits SCENARIO_FILE =
      new Limits("scenario file", 1 << 20, "bytes", "a scenario takes a few hundred bytes");

  /** The deepest nesting of JSON. */
  public static final Limits JSON_DEPTH =
      new Limits("nesting of JSON", 100, "levels", "no file that is read nests more than 10");

  /** The longest name of a JSON field. */
  public static final Limits JSON_NAME =
      new Limits(
          "name of a field in JSON", 50_000, "characters", "names of tensors are paths in a model");

  /** The longest text in JSON. */
  public static final Limits JSON_TEXT =
      new Limits(
          "text in JSON", 10_000_000, "characters", "weights may carry their training's settings");

  /** The longest number in JSON. */
  public static final Limits JSON_NUMBER =
      new Limits("number in JSON", 1000, "digits", "binary64 tells no more than 767 digits apart");

  /** The most hidden layers. */
  public static final Limits LAYERS =
      new Limits(
          "hidden layers",
          1000,
          "layers",
          "deeper networks without shortcuts do not learn, and each layer is a line of a report");

  /** The widest hidden layer. */
  public static final Limits UNITS =
      new Limits(
          "width of a hidden layer",
          1 << 24,
          "units",
          "beyond it, binary32 cannot count units, by which rates and initial weights are divided");

  /** The longest array. */
  public static final Limits ARRAY =
      new Limits(
          "array",
          Integer.MAX_VALUE - 8,
          "values",
          "a Java array is indexed by 31 bits and needs room for its header");

  /** The most dimensions of an array that is read. */
  public static final Limits DIMENSIONS =
      new Limits(
          "dimensions of an array",
          5,
          "dimensions",
          "those of a convolution in space and time; no usual weights have more");

  /** The longest header of an array of NumPy's. */
  public static final Limits NPY_HEADER =
      new Limits("header of a .npy array", 10_000, "bytes", "numpy.load refuses a longer one");

  /** The most arrays of an archive of NumPy's. */
  public static final Limits ARCHIVE =
      new Limits("arrays of an .npz file", 100_000, "arrays", "large models have some thousands");

  /** The longest header of a safetensors file. */
  public static final Limits SAFETENSORS_HEADER =
      new Limits("header of a .safetensors file", 100_000_000, "bytes", "the format's own limit");

  /** The most columns of a table. */
  public static final Limits COLUMNS =
      new Limits(
          "columns of a table", 1_000_000, "columns", "one row has to fit the memory as text");

  /** The longest field of a table. */
  public static final Limits FIELD =
      new Limits(
          "field of a table", 10_000, "characters", "a field is a number or the name of a class");

  /** The longest label that counts as a number. */
  public static final Limits NUMBER_LABEL =
      new Limits(
          "label of a table that counts as a number",
          100,
          "characters",
          "a longer one is a text; ordering numbers takes time that grows with the square of their"
              + " digits");

  /** The most different labels of a table. */
  public static final Limits LABELS =
      new Limits(
          "different labels of a table",
          100_000,
          "labels",
          "labels that are the same number, such as 1 and 1.0, are one class");

  /** The most classes of a file that does not tell their number. */
  public static final Limits CLASSES =
      new Limits(
          "classes of a data set",
          1000,
          "classes",
          "a column of more is taken for a quantity; ImageNet has 1000");

  /** The unpacked bytes of a gzipped file that may have any ratio to the packed ones. */
  public static final Limits UNPACKED =
      new Limits(
          "unpacked bytes of a gzipped file, whatever its length",
          1 << 25,
          "bytes",
          "this much is read within seconds");

  /** The largest ratio of unpacked bytes to packed ones, where there are more. */
  public static final Limits RATIO =
      new Limits(
          "unpacked bytes of a gzipped file beyond that",
          100,
          "times its packed bytes",
          "numbers and images are packed to a half or a tenth; a file that is meant to exceed this"
              + " can be unpacked beforehand");

  /** The most members without content that may follow one another in a gzipped file. */
  public static final Limits EMPTY_MEMBERS =
      new Limits(
          "empty members in a row of a gzipped file",
          100,
          "members",
          "each takes a level of the reader's stack");

  /** The longest file in a folder of results. */
  public static final Limits RESULTS_FILE =
      new Limits(
          "file in a folder of results", 64 << 20, "bytes", "a fork takes about three thousand");

  /** The most entries of a baseline. */
  public static final Limits BASELINE =
      new Limits(
          "entries of a --baseline file",
          100_000,
          "entries",
          "there are at most 10,000 scenarios, and few backends");

  /** The most worker threads of a backend on the CPU. */
  public static final Limits THREADS =
      new Limits("--threads", 1024, "threads", "no machine that is meant has more");

  /** The largest number of a CUDA device. */
  public static final Limits DEVICE =
      new Limits("--device", 1023, "(the first is 0)", "no machine that is meant has more");

  /** The most steps of a network of a map. */
  public static final Limits MAP_STEPS =
      new Limits("--steps of map", 100_000, "steps", "equal units part early or never");

  /** The most iterations of a fork. */
  public static final Limits ITERATIONS =
      new Limits(
          "--iterations, --warm-ups",
          1000,
          "iterations",
          "each is kept in the results, and more forks tell more than more iterations");

  /** The most values of a range. */
  public static final Limits VALUES =
      new Limits("a list with ranges, such as --width 8..64+8", 1000, "values", "more take days");

  /** The most combinations of the values of flags. */
  public static final Limits COMBINATIONS =
      new Limits(
          "combinations of the values of flags (scenarios of check, networks of map, cases of"
              + " bench)",
          10_000,
          "combinations",
          "they are listed within seconds, and more take weeks to run");

  /** The most terms of a product whose order of addition is revealed. */
  public static final Limits TERMS =
      new Limits(
          "terms of --shape of order", 1 << 24, "terms", "beyond it, binary32 cannot count them");

  /** All limits, in the order of the documentation. */
  public static final List<Limits> ALL =
      List.of(
          SCENARIO_FILE,
          LAYERS,
          UNITS,
          JSON_DEPTH,
          JSON_NAME,
          JSON_TEXT,
          JSON_NUMBER,
          COLUMNS,
          FIELD,
          NUMBER_LABEL,
          LABELS,
          CLASSES,
          UNPACKED,
          RATIO,
          EMPTY_MEMBERS,
          ARRAY,
          DIMENSIONS,
          NPY_HEADER,
          ARCHIVE,
          SAFETENSORS_HEADER,
          RESULTS_FILE,
          BASELINE,
          THREADS,
          DEVICE,
          MAP_STEPS,
          ITERATIONS,
          VALUES,
          COMBINATIONS,
          TERMS);

  /**
   * Refuses what exceeds this limit.
   *
   * @param source the file or flag at fault
   * @param field the part of the source that is limited
   * @throws InputException naming the source, the field, the value and this limit
   */
  public void require(String source, String field, long found) {
    if (found > value) {
      throw new InputException(source, field, found, expected());
    }
  }

  /** The end of a message: {@code expected at most 1000 layers}. */
  public String expected() {
    return "expected at most " + value + " " + unit;
  }

  /** The value as an array's length or index. */
  public int count() {
    return Math.toIntExact(value);
  }
}
