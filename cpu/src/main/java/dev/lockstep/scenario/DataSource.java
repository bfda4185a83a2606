package dev.lockstep.scenario;

import dev.lockstep.data.CsvFile;
import dev.lockstep.data.Dataset;
import dev.lockstep.data.Digits;
import dev.lockstep.data.IdxFile;
import dev.lockstep.data.NpzDataset;
import dev.lockstep.data.Scaling;
import dev.lockstep.data.Teacher;
import dev.lockstep.file.HeapLimit;
import dev.lockstep.input.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The source of a scenario's rows.
 *
 * <p>The text forms are {@code digits}, {@code idx:FOLDER}, {@code teacher:INPUTSxCLASSES}, {@code
 * csv:FILE?label=COLUMN&test=0.2&scale=standard} and {@code npz:FILE?test=0.2&scale=standard}. Each
 * option after the question mark may be left out.
 */
public sealed interface DataSource {

  /** The text forms, for help and errors. */
  String FORMS =
      "digits, idx:FOLDER, csv:FILE?label=COLUMN&test=0.2&scale=standard,"
          + " npz:FILE?test=0.2&scale=standard or teacher:INPUTSxCLASSES";

  /** The embedded UCI digits: 64 inputs, 10 classes, 1347 rows to train on and 450 to test on. */
  record EmbeddedDigits() implements DataSource {
    @Override
    public String toString() {
      return "digits";
    }
  }

  /** A folder with the four IDX files of MNIST or Fashion-MNIST, plain or gzipped. */
  record IdxFolder(Path folder) implements DataSource {
    @Override
    public String toString() {
      return "idx:" + folder;
    }
  }

  /**
   * A table of comma-separated text; see {@link CsvFile}.
   *
   * @param label the name or number of the label column; empty for the last column
   * @param testShare the share of rows for testing, which the scenario's seed draws; null for the
   *     usual share
   */
  record Csv(Path file, String label, @Nullable Double testShare, Scaling scaling)
      implements DataSource {
    @Override
    public String toString() {
      return "csv:" + new FileOptions(file, label, testShare, scaling);
    }
  }

  /**
   * A NumPy archive; see {@link NpzDataset}.
   *
   * @param testShare the share of rows for testing, which the scenario's seed draws; null for the
   *     usual share, or if the archive has test rows of its own
   */
  record Npz(Path file, @Nullable Double testShare, Scaling scaling) implements DataSource {
    @Override
    public String toString() {
      return "npz:" + new FileOptions(file, "", testShare, scaling);
    }
  }

  /**
   * Synthetic rows of any shape, drawn from the scenario's seed and labelled by a random network.
   */
  record SyntheticTeacher(int inputs, int classes) implements DataSource {
    /** Rows to train on. */
    public static final int TRAIN_ROWS = 2048;

    static final int TEST_ROWS = 512;

    private static SyntheticTeacher of(String text) {
      String[] sizes = text.split("x", -1);
      int inputs = Integer.parseInt(sizes[0]);
      int classes = Integer.parseInt(sizes[sizes.length - 1]);
      if (sizes.length != 2
          || inputs < 1
          || classes < 2
          || inputs > Integer.MAX_VALUE / TRAIN_ROWS) {
        throw new IllegalArgumentException("no such sizes");
      }
      return new SyntheticTeacher(inputs, classes);
    }

    @Override
    public String toString() {
      return "teacher:" + inputs + "x" + classes;
    }
  }

  /** This source with standardised features; empty if they already are, or cannot be. */
  default Optional<DataSource> standardised() {
    return switch (this) {
      case Csv(Path file, String label, Double testShare, Scaling scaling)
          when scaling != Scaling.STANDARD ->
          Optional.of(new Csv(file, label, testShare, Scaling.STANDARD));
      case Npz(Path file, Double testShare, Scaling scaling) when scaling != Scaling.STANDARD ->
          Optional.of(new Npz(file, testShare, Scaling.STANDARD));
      case Csv _, Npz _, EmbeddedDigits _, IdxFolder _, SyntheticTeacher _ -> Optional.empty();
    };
  }

  /**
   * Reads or draws the rows.
   *
   * @throws InputException if a file is missing or damaged
   */
  default Dataset load(long seed) {
    return HeapLimit.naming(toString(), "size of the data", () -> read(seed));
  }

  private Dataset read(long seed) {
    return switch (this) {
      case EmbeddedDigits() -> Digits.load();
      case IdxFolder(Path folder) -> IdxFile.dataset(folder);
      case Csv(Path file, String label, Double testShare, Scaling scaling) ->
          CsvFile.dataset(file, label, testShare, scaling, seed);
      case Npz(Path file, Double testShare, Scaling scaling) ->
          NpzDataset.dataset(file, testShare, scaling, seed);
      case SyntheticTeacher(int inputs, int classes) ->
          Teacher.generate(
              inputs, classes, SyntheticTeacher.TRAIN_ROWS, SyntheticTeacher.TEST_ROWS, seed);
    };
  }

  /**
   * Parses a text form.
   *
   * @param source the file or flag that the text came from
   * @throws InputException naming the source and the value
   */
  static DataSource parse(String source, String text) {
    String kind = text.substring(0, text.indexOf(':') + 1);
    String rest = text.substring(kind.length());
    try {
      if (rest.isEmpty()) {
        throw new IllegalArgumentException("nothing after the kind");
      }
      return switch (kind.isEmpty() ? text : kind) {
        case "digits" -> new EmbeddedDigits();
        case "idx:" -> new IdxFolder(Path.of(rest));
        case "csv:" -> {
          FileOptions options = FileOptions.parse(source, rest, List.of("label", "test", "scale"));
          yield new Csv(options.file(), options.label(), options.testShare(), options.scaling());
        }
        case "npz:" -> {
          FileOptions options = FileOptions.parse(source, rest, List.of("test", "scale"));
          yield new Npz(options.file(), options.testShare(), options.scaling());
        }
        case "teacher:" -> SyntheticTeacher.of(rest);
        default -> throw new IllegalArgumentException("no such kind");
      };
    } catch (IllegalArgumentException e) { // also of a number or a path
      throw new InputException(
          source, "data", text, "expected " + FORMS + " with at least 1 input and 2 classes");
    }
  }
}
