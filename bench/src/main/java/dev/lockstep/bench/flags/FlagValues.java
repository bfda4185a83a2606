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
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The values that a flag takes: how they are read, and the words that a shell may complete. Each
 * kind has a class of its own because picocli takes a class.
 *
 * @param <T> what a value is read as
 */
public abstract class FlagValues<T> implements ITypeConverter<T>, Iterable<String> {

  /**
   * Splits a list, as a regular expression. A comma at the end stays with the last value, which is
   * none then: split off, it would leave an empty value that {@link String#split(String)} drops.
   */
  public static final String COMMA = ",(?!$)";

  private final String list;
  private final Reader<T> reader;

  /** Reads a value. */
  @FunctionalInterface
  public interface Reader<T> {
    /**
     * Reads one.
     *
     * @throws InputException naming the flag and the value
     */
    T read(String flag, String text);
  }

  /**
   * @param list as help has it: {@code zero, constant:X, equal}; forms with a parameter are no
   *     words
   */
  protected FlagValues(String list, Reader<T> reader) {
    this.list = list;
    this.reader = reader;
  }

  @Override
  public final Iterator<String> iterator() {
    return Arrays.stream(list.split(", ")).filter(word -> word.matches("[\\w-]+")).iterator();
  }

  @Override
  public final T convert(String text) {
    try {
      return reader.read("", text);
    } catch (InputException e) {
      throw new RefusedException(reader, text);
    }
  }

  /** The fault of a value. Picocli tells its catcher the flag, and a converter does not know it. */
  public static final class RefusedException extends TypeConversionException {
    private static final long serialVersionUID = 1L;

    private final transient Reader<?> reader;
    private final String text;

    private RefusedException(Reader<?> reader, String text) {
      super(text);
      this.reader = reader;
      this.text = text;
    }

    /** The sentence that names the flag. */
    public String sentence(String flag) {
      try {
        throw new IllegalStateException(flag + ": " + reader.read(flag, text));
      } catch (InputException e) {
        return String.valueOf(e.getMessage());
      }
    }
  }

  /** Those of an enum. */
  public abstract static class Labels<E extends Enum<E> & Labelled> extends FlagValues<E> {
    /**
     * @param list as help has it
     */
    protected Labels(Class<E> type, String list) {
      super(list, (flag, text) -> Labelled.of(type, flag, text));
    }
  }

  /** Text that is read once it is known what else was given. */
  public static class Texts extends FlagValues<String> {
    /**
     * @param list as help has it
     */
    public Texts(String list) {
      super(list, (_, text) -> text);
    }
  }

  /** {@code --activation}. */
  public static final class Activations extends Labels<Activation> {
    Activations() {
      super(Activation.class, Activation.LABELS);
    }
  }

  /** {@code --loss}. */
  public static final class Losses extends Labels<Loss> {
    Losses() {
      super(Loss.class, Loss.LABELS);
    }
  }

  /** {@code --normalization}. */
  public static final class Normalizations extends Labels<Normalization> {
    Normalizations() {
      super(Normalization.class, Normalization.LABELS);
    }
  }

  /** {@code --init}. */
  public static final class Initializations extends Texts {
    Initializations() {
      super(Initialization.FORMS);
    }
  }

  /** {@code --noise}. */
  public static final class Deviations extends FlagValues<Double> {
    Deviations() {
      super("", UnitNoise::parseDeviation);
    }
  }

  /** {@code --data}. */
  public static final class Data extends Texts {
    Data() {
      super(DataSource.FORMS);
    }
  }

  /** {@code --backend} and {@code --backends}. */
  public static final class Names extends Texts {
    Names() {
      super(Backends.all().stream().map(Backend::name).collect(Collectors.joining(", ")));
    }
  }

  /** {@code --budget} and other times. */
  public static final class Times extends FlagValues<Duration> {
    Times() {
      super("", Durations::parse);
    }
  }

  /** Whole numbers as a list of numbers and ranges. */
  public static final class Ranges extends FlagValues<Range> {
    Ranges() {
      super("", Range::parse);
    }
  }
}
