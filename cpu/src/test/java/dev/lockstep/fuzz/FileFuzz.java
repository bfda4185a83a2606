package dev.lockstep.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.data.CsvFile;
import dev.lockstep.data.NpzDataset;
import dev.lockstep.data.Scaling;
import dev.lockstep.file.NpyArray;
import dev.lockstep.file.NpyFile;
import dev.lockstep.file.NpzArchive;
import dev.lockstep.file.NpzFile;
import dev.lockstep.file.SafetensorsBytes;
import dev.lockstep.file.SafetensorsFile;
import dev.lockstep.file.TensorFile;
import dev.lockstep.input.InputException;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Network;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.Rule;
import dev.lockstep.model.TrainingState;
import dev.lockstep.model.TrainingStateFile;
import dev.lockstep.scenario.ScenarioFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Files of one format each, for a coverage-guided fuzzer. */
public enum FileFuzz implements FuzzTarget {
  /** Tables of comma-separated text. */
  CSV(".csv", file -> CsvFile.dataset(file, "", 0.2, Scaling.STANDARD, 1)) {
    @Override
    public List<byte[]> seeds() {
      byte[] table = "u,v,label\n1,2.5,a\n-3e2,\"4\",b\n5,6,a\n7,8,b\n9,10,a\n".getBytes(UTF_8);
      return List.of(table, Fuzzed.gzipped(table));
    }
  },

  /** Single arrays, as programs write them. */
  NPY(".npy", FileFuzz::npy) {
    @Override
    public List<byte[]> seeds() throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      NpyFile.write(bytes, floats(1, 2));
      return List.of(bytes.toByteArray());
    }
  },

  /** NumPy archives. */
  NPZ(".npz", NpzFile::read) {
    @Override
    public List<byte[]> seeds() {
      return List.of(npz(Map.of("W1", floats(1, 2), "b1", floats(3))));
    }
  },

  /** NumPy archives whose arrays are read one by one. */
  NPZ_ARRAYS("-arrays.npz", file -> readAll(file, NpzArchive::open)) {
    @Override
    public List<byte[]> seeds() {
      return List.of(npz(Map.of("w", floats(1, 2))));
    }
  },

  /** Files of tensors. */
  SAFETENSORS(".safetensors", file -> readAll(file, SafetensorsFile::open)) {
    @Override
    public List<byte[]> seeds() {
      String header =
          "{\"__metadata__\":{\"a\":\"b\"},"
              + SafetensorsBytes.entry("u", "F64", "[2,1]", 0, 16)
              + ","
              + SafetensorsBytes.entry("v", "BF16", "[1,2]", 16, 20)
              + "} ";
      return List.of(SafetensorsBytes.file(header, new byte[20]));
    }
  },

  /** Data sets in NumPy archives. */
  NPZ_DATASET("-dataset.npz", file -> NpzDataset.dataset(file, 0.2, Scaling.STANDARD, 1)) {
    @Override
    public List<byte[]> seeds() {
      NpyArray features = new NpyArray.Doubles(new int[] {2, 1}, new double[] {1, 2});
      NpyArray labels = new NpyArray.Longs(new int[] {2, 1}, new long[] {0, 1});
      return List.of(
          npz(
              Map.of(
                  "x", new NpyArray.Bytes(new int[] {3, 1, 2}, new byte[] {1, 2, 3, 4, 5, 6}),
                  "y", new NpyArray.Longs(new int[] {3}, new long[] {0, 1, 1}))),
          npz(
              Map.of(
                  "x_train", features, "y_train", labels, "x_test", features, "y_test", labels)));
    }
  },

  /** States of trainings. */
  STATE("-state.npz", file -> TrainingStateFile.read(file, network(), new Rule.Momentum(0.5f))) {
    @Override
    public List<byte[]> seeds() throws IOException {
      Path file = Fuzzed.path("-seed.npz");
      Parameters some =
          Parameters.of(
              network().parameters(),
              each -> new FloatMatrix(each.rows().size(), each.columns().size()));
      TrainingStateFile.write(file, new TrainingState(some, List.of(some), 7), "{}");
      return List.of(read(file));
    }
  },

  /** Scenarios. */
  SCENARIO(".json", ScenarioFile::read) {
    @Override
    public List<byte[]> seeds() {
      String text =
          """
          {"schema": 1, "data": "digits", "hidden": [129, 7], "activation": "tanh",
           "initialization": "groups:3+4", "loss": "squared-error",
           "learning-rate": "quotient:0.1", "optimizer": "adam:0.9:0.999:1e-8",
           "schedule": "step:10:0.5", "weight-decay": 1e-4, "batch": 33, "steps": 200,
           "seed": -7}
          """;
      return List.of(text.getBytes(UTF_8));
    }
  };

  private static final long LONGEST = 1 << 20;

  private final String suffix;
  private final Fuzzed.Parser parser;

  FileFuzz(String suffix, Fuzzed.Parser parser) {
    this.suffix = suffix;
    this.parser = parser;
  }

  @Override
  public void accept(byte[] input) {
    Fuzzed.read(input, suffix, parser);
  }

  private static NpyArray floats(float... column) {
    return new NpyArray.Floats(new int[] {column.length, 1}, column);
  }

  private static Network network() {
    return new Network(2, List.of(1), Activation.TANH, 1);
  }

  private static byte[] npz(Map<String, NpyArray> arrays) {
    Path file = Fuzzed.path("-seed.npz");
    NpzFile.write(file, new TreeMap<>(arrays));
    return read(file);
  }

  private static byte[] read(Path file) {
    try {
      byte[] content = Files.readAllBytes(file);
      Files.delete(file);
      return content;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The message names the file without its folder, which is private. */
  private static void npy(Path file) {
    try {
      NpyFile.read(file, LONGEST);
    } catch (InputException e) {
      String name = String.valueOf(file.getFileName());
      if (!String.valueOf(e.getMessage()).startsWith(name + ": ")) {
        throw new AssertionError("not a sentence that names the file: " + e.getMessage(), e);
      }
    }
  }

  private static void readAll(Path path, Function<Path, TensorFile> opening) {
    try (TensorFile file = opening.apply(path)) {
      for (TensorFile.Entry entry : file.entries()) {
        if (entry.reading() != TensorFile.Reading.REFUSED && !entry.shape().isEmpty()) {
          file.read(entry);
        }
      }
    }
  }
}
