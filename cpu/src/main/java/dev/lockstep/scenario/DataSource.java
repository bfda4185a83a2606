package dev.lockstep.scenario;

import dev.lockstep.data.CsvFile;
import dev.lockstep.data.Dataset;
import dev.lockstep.data.Digits;
import dev.lockstep.data.IdxFile;
import dev.lockstep.data.NpzDataset;
import dev.lockstep.data.Scaling;
import dev.lockstep.data.Teacher;
import dev.lockstep.input.InputException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the rows come from.
 *
 * <p>Text forms: {@code digits}, {@code idx:FOLDER}, {@code teacher:INPUTSxCLASSES}, {@code
 * csv:FILE}, {@code npz:FILE} and, with what is not as usual, {@code
 * csv:FILE?label=COLUMN&test=0.2&scale=standard} and {@code npz:FILE?test=0.2&scale=standard}.
 */
public sealed interface DataSource {

  /** The text forms, as help and errors have them. */
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
   * @param label name or number of the label column; empty for the last one
   * @param testShare of the rows, drawn by the scenario's seed; null for the usual one
   */
  record Csv(Path file, String label, @Nullable Double testShare, Scaling scaling)
      implements DataSource {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "csv:%s?%s%sscale=%s",
          file,
          label.isEmpty() ? "" : "label=" + label + "&",
          testShare == null ? "" : "test=" + testShare + "&",
          scaling.label());
    }
  }

  /**
   * A NumPy archive; see {@link NpzDataset}.
   *
   * @param testShare of the rows, drawn by the scenario's seed; null for the usual one, or if it
   *     has test rows of its own
   */
  record Npz(Path file, @Nullable Double testShare, Scaling scaling) implements DataSource {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "npz:%s?%sscale=%s",
          file,
          testShare == null ? "" : "test=" + testShare + "&",
          scaling.label());
    }
  }

  /** Synthetic rows of any shape, labelled by a random network; drawn from the scenario's seed. */
  record SyntheticTeacher(int inputs, int classes) implements DataSource {
    static final int TRAIN_ROWS = 2048;
    static final int TEST_ROWS = 512;

    @Override
    public String toString() {
      return "teacher:" + inputs + "x" + classes;
    }
  }

  /** The same rows with standardised features; empty if they are, or cannot be. */
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
   * Reads or makes the rows.
   *
   * @throws InputException if a file is missing or damaged
   */
  default Dataset load(long seed) {
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
   * Reads a text form.
   *
   * @param source the file or flag it came from
   * @throws InputException naming the source and the value
   */
  static DataSource parse(String source, String text) {
    if (text.equals("digits")) {
      return new EmbeddedDigits();
    }
    try {
      if (text.startsWith("idx:") && text.length() > "idx:".length()) {
        return new IdxFolder(Path.of(text.substring("idx:".length())));
      }
      if (text.startsWith("csv:") && text.length() > "csv:".length()) {
        FileOptions options = FileOptions.parse(source, text, List.of("label", "test", "scale"));
        return new Csv(options.file(), options.label(), options.testShare(), options.scaling());
      }
      if (text.startsWith("npz:") && text.length() > "npz:".length()) {
        FileOptions options = FileOptions.parse(source, text, List.of("test", "scale"));
        return new Npz(options.file(), options.testShare(), options.scaling());
      }
      if (text.startsWith("teacher:")) {
        String[] sizes = text.substring("teacher:".length()).split("x", -1);
        if (sizes.length == 2) {
          int inputs = Integer.parseInt(sizes[0]);
          int classes = Integer.parseInt(sizes[1]);
          long elements = (long) inputs * SyntheticTeacher.TRAIN_ROWS;
          if (inputs >= 1 && classes >= 2 && elements <= Integer.MAX_VALUE) {
            return new SyntheticTeacher(inputs, classes);
          }
        }
      }
    } catch (NumberFormatException | InvalidPathException e) {
      // the sentence below says it
    }
    throw new InputException(
        source, "data", text, "expected " + FORMS + " with at least 1 input and 2 classes");
  }
}
