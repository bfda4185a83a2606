package dev.lockstep.bench.flags;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Labelled;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network.Normalization;
import dev.lockstep.model.UnitNoise;
import dev.lockstep.scenario.DataSource;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A picocli converter and completion source for the values of a flag. Each kind of values has a
 * class of its own because picocli's annotations name classes.
 *
 * @param <T> the type of a converted value
 */
public abstract class FlagValues<T> implements ITypeConverter<T>, Iterable<String> {

  /**
   * The regular expression that splits a list. A comma at the end stays with the last value, which
   * is then refused: {@link String#split(String)} would drop the empty value after it.
   */
  public static final String COMMA = ",(?!$)";

  private final String list;
  private final Reader<T> reader;

  /** Converts a text. */
  @FunctionalInterface
  public interface Reader<T> {
    /**
     * Converts a text.
     *
     * @throws InputException naming the flag and the value
     */
    T read(String flag, String text);
  }

  /**
   * @param list the values as the help shows them: {@code zero, constant:X, equal}; forms with a
   *     parameter are not completed
   */
  protected FlagValues(String list, Reader<T> reader) {
    this.list = list;
    this.reader = reader;
  }

  /** Registers the converters of types whose flags need not name one. */
  public static CommandLine registeredIn(CommandLine line) {
    return line.registerConverter(Path.class, new Paths())
        .registerConverter(long.class, new Longs())
        .registerConverter(Long.class, new Longs());
  }

  @Override
  public final Iterator<String> iterator() {
    return Arrays.stream(list.split(", ")).filter(word -> word.matches("[\\w-]+")).iterator();
  }

  /**
   * Converts a value, or an item of a list, which never ends with a comma; see {@link #COMMA}.
   *
   * @throws RefusedException if it is refused
   */
  @Override
  public final T convert(String text) {
    String item = text.endsWith(",") ? "" : text;
    try {
      return reader.read("", item);
    } catch (InputException e) {
      throw new RefusedException(reader, item);
    }
  }

  /** A refused value. Only picocli, not the converter, knows the flag that the message names. */
  public static final class RefusedException extends TypeConversionException {
    private static final long serialVersionUID = 1L;

    private final transient Reader<?> reader;
    private final String text;

    private RefusedException(Reader<?> reader, String text) {
      super(text);
      this.reader = reader;
      this.text = text;
    }

    /** The message for a flag. */
    public String sentence(String flag) {
      try {
        throw new IllegalStateException(flag + ": " + reader.read(flag, text));
      } catch (InputException e) {
        return String.valueOf(e.getMessage());
      }
    }
  }

  /** The labels of an enum. */
  public abstract static class Labels<E extends Enum<E> & Labelled> extends FlagValues<E> {
    /**
     * @param list the values as the help shows them
     */
    protected Labels(Class<E> type, String list) {
      super(list, (flag, text) -> Labelled.of(type, flag, text));
    }
  }

  /** Whole numbers within bounds. */
  public static class Numbers extends FlagValues<Integer> {
    /** Takes numbers within bounds. */
    public Numbers(Bounds bounds) {
      super("", bounds::parse);
    }
  }

  /** Values that are kept as text, for flags whose meaning depends on other flags. */
  public static class Texts extends FlagValues<String> {
    /**
     * @param list the values as the help shows them
     */
    public Texts(String list) {
      super(list, Texts::given);
    }

    private static String given(String flag, String text) {
      if (text.isEmpty()) {
        throw new InputException(flag, Bounds.field(flag), text, "expected a name");
      }
      return text;
    }
  }

  /** Paths of files and folders, for every flag of that type. */
  private static final class Paths extends FlagValues<Path> {
    Paths() {
      super("", Paths::path);
    }

    private static Path path(String flag, String text) {
      try {
        if (!text.isEmpty()) {
          return Path.of(text);
        }
      } catch (InvalidPathException e) {
        // A name that this locale cannot encode; reported below.
      }
      throw new InputException(flag, "path", text, "expected that of a file or folder");
    }
  }

  /** 64-bit numbers, for every flag of that type. */
  private static final class Longs extends FlagValues<Long> {
    Longs() {
      super("", Longs::number);
    }

    private static Long number(String flag, String text) {
      try {
        return Long.valueOf(text);
      } catch (NumberFormatException e) {
        throw new InputException(
            flag,
            Bounds.field(flag),
            text,
            "expected a whole number from " + Long.MIN_VALUE + " to " + Long.MAX_VALUE);
      }
    }
  }

  /** Units of hidden layers. */
  public static final class Units extends Numbers {
    Units() {
      super(Bounds.UNITS);
    }
  }

  /** Numbers of hidden layers. */
  public static final class Layers extends Numbers {
    Layers() {
      super(Bounds.LAYERS);
    }
  }

  /** Rows of a step. */
  public static final class Rows extends Numbers {
    Rows() {
      super(Bounds.POSITIVE);
    }
  }

  /** Steps of a training. */
  public static final class Steps extends Numbers {
    Steps() {
      super(Bounds.POSITIVE);
    }
  }

  /** Values of {@code --threads}. */
  public static final class Threads extends Numbers {
    Threads() {
      super(Bounds.THREADS);
    }
  }

  /** Values of {@code --device}. */
  public static final class Devices extends Numbers {
    Devices() {
      super(Bounds.DEVICES);
    }
  }

  /** Values of {@code --activation}. */
  public static final class Activations extends Labels<Activation> {
    Activations() {
      super(Activation.class, Activation.LABELS);
    }
  }

  /** Values of {@code --loss}. */
  public static final class Losses extends Labels<Loss> {
    Losses() {
      super(Loss.class, Loss.LABELS);
    }
  }

  /** Values of {@code --normalization}. */
  public static final class Normalizations extends Labels<Normalization> {
    Normalizations() {
      super(Normalization.class, Normalization.LABELS);
    }
  }

  /** Values of {@code --init}. */
  public static final class Initializations extends Texts {
    Initializations() {
      super(Initialization.FORMS);
    }
  }

  /** Values of {@code --noise}. */
  public static final class Deviations extends FlagValues<Double> {
    Deviations() {
      super("", UnitNoise::parseDeviation);
    }
  }

  /** Values of {@code --data}. */
  public static final class Data extends Texts {
    Data() {
      super(DataSource.FORMS);
    }
  }

  /** Values of {@code --backend} and {@code --backends}: names of backends. */
  public static final class Names extends Texts {
    Names() {
      super(Backends.all().stream().map(Backend::name).collect(Collectors.joining(", ")));
    }
  }

  /** Values of {@code --budget} and of other flags with durations. */
  public static final class Times extends FlagValues<Duration> {
    Times() {
      super("", Durations::parse);
    }
  }

  /** Percentages from {@code 0%} to {@code 9999.999999%}, read as shares: {@code 5%} is 0.05. */
  public static final class Percentages extends FlagValues<Double> {
    private static final Pattern TEXT = Pattern.compile("\\d{1,4}(\\.\\d{1,6})?%");

    Percentages() {
      super("", Percentages::share);
    }

    private static double share(String flag, String text) {
      if (!TEXT.matcher(text).matches()) {
        throw new InputException(flag, "value", text, "expected a percentage such as 5%");
      }
      return Double.parseDouble(text.substring(0, text.length() - 1)) / 100;
    }
  }

  /** Lists of whole numbers and ranges within bounds. */
  public abstract static class Ranges extends FlagValues<Range> {
    /** Takes values within bounds. */
    protected Ranges(Bounds bounds) {
      super("", (flag, text) -> Range.parse(bounds, flag, text));
    }
  }

  /** Lists and ranges of units of hidden layers. */
  public static final class UnitRanges extends Ranges {
    UnitRanges() {
      super(Bounds.UNITS);
    }
  }

  /** Lists and ranges of numbers of hidden layers. */
  public static final class LayerRanges extends Ranges {
    LayerRanges() {
      super(Bounds.LAYERS);
    }
  }

  /** Lists and ranges of rows of a step. */
  public static final class RowRanges extends Ranges {
    RowRanges() {
      super(Bounds.POSITIVE);
    }
  }

  /** Lists and ranges of threads. */
  public static final class ThreadRanges extends Ranges {
    ThreadRanges() {
      super(Bounds.THREADS);
    }
  }
}
