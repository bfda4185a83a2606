package dev.lockstep.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.check.WrittenCheck;
import dev.lockstep.bench.compare.WrittenComparison;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.files.OutputFolder;
import dev.lockstep.bench.map.WrittenMap;
import dev.lockstep.bench.order.WrittenOrder;
import dev.lockstep.bench.results.WrittenRun;
import dev.lockstep.bench.study.WrittenTextbook;
import dev.lockstep.bench.study.WrittenUnits;
import dev.lockstep.bench.suite.WrittenSuite;
import dev.lockstep.file.NpyArray;
import dev.lockstep.file.NpzFile;
import dev.lockstep.file.Sha256;
import dev.lockstep.fuzz.Fuzzed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The sound inputs of {@code hostile-inputs.txt}, and how a fault is planted in them. */
final class HostileInputs {

  private static final String ROWS =
      "a,b,label\n"
          + IntStream.range(0, 60)
              .mapToObj(i -> i + "," + 3 * i + "," + i % 3 + "\n")
              .collect(Collectors.joining());

  private static final String SCENARIO =
      "{\"schema\": 1, \"data\": \"digits\", \"hidden\": [4], \"activation\": \"tanh\","
          + " \"initialization\": \"glorot-uniform\", \"learning-rate\": \"0.1\", \"batch\": 33,"
          + " \"steps\": 3, \"seed\": 1}";

  private HostileInputs() {}

  /** A sound input, and the command that shows it. */
  enum Base {
    /** An empty folder. */
    NONE("", "train --hidden 4 --steps 2") {
      @Override
      void write(Path folder) {}
    },
    /** A finished run. */
    RUN("", "report --text {run}") {
      @Override
      void write(Path folder) {
        WrittenRun.write(folder);
      }
    },
    /** A run with a case that failed. */
    FAILED("", "report --text {failed}") {
      @Override
      void write(Path folder) {
        WrittenRun.writeFailed(folder);
      }
    },
    /** A finished run of two builds. */
    BUILDS("", "compare {builds}") {
      @Override
      void write(Path folder) {
        WrittenRun.writeBuilds(folder);
      }
    },
    /** A training that has ended, and can go on. */
    CHECKPOINT("", "train --resume {checkpoint}") {
      @Override
      void write(Path folder) {
        String training =
            "train --hidden 33,7 --learning-rate 0.01 --optimizer momentum:0.9 --steps 3"
                + " --checkpoint "
                + folder;
        assertThat(Lockstep.run(training.split(" "))).isZero();
      }
    },
    /** A finished map. */
    MAP("", "report {map} --html {map}/page.html") {
      @Override
      void write(Path folder) {
        WrittenMap.write(folder);
      }
    },
    /** A finished suite. */
    SUITE("", "report {suite} --html {suite}/page.html") {
      @Override
      void write(Path folder) {
        WrittenSuite.write(folder);
      }
    },
    /** A check with a fault. */
    CHECK("check.json", "report {check} --html {check}.html") {
      @Override
      void write(Path folder) {
        JsonFile.write(folder.resolve("check.json"), WrittenCheck.json());
      }
    },
    /** A study of two units. */
    UNITS("units.json", "report {units} --html {units}.html") {
      @Override
      void write(Path folder) {
        WrittenUnits.write(folder.resolve("units.json"));
      }
    },
    /** A comparison of two backends, one of whose rows is slower than allowed. */
    COMPARE("compare.json", "report {compare} --html {compare}.html") {
      @Override
      void write(Path folder) {
        WrittenComparison.write(folder.resolve("compare.json"));
      }
    },
    /** Results of the claims, one of which was not shown. */
    STUDY("study.json", "report {study} --html {study}.html") {
      @Override
      void write(Path folder) {
        WrittenTextbook.write(folder.resolve("study.json"));
      }
    },
    /** The orders of three products. */
    ORDER("order.json", "report {order} --html {order}.html") {
      @Override
      void write(Path folder) {
        WrittenOrder.write(folder.resolve("order.json"));
      }
    },
    CSV("rows.csv", "train --hidden 4 --steps 2 --batch 3 --data csv:{csv}") {
      @Override
      void write(Path folder) throws IOException {
        Files.writeString(folder.resolve("rows.csv"), ROWS);
      }
    },
    NPZ("rows.npz", "train --hidden 4 --steps 2 --batch 3 --data npz:{npz}") {
      @Override
      void write(Path folder) {
        double[] features = IntStream.range(0, 80).asDoubleStream().toArray();
        long[] labels = IntStream.range(0, 40).mapToLong(i -> i % 3).toArray();
        NpzFile.write(
            folder.resolve("rows.npz"),
            Map.of(
                "x", new NpyArray.Doubles(new int[] {40, 2}, features),
                "y", new NpyArray.Longs(new int[] {40}, labels)));
      }
    },
    IDX("", "train --hidden 4 --steps 2 --batch 3 --data idx:{idx}") {
      @Override
      void write(Path folder) throws IOException {
        for (String part : List.of("train", "t10k")) {
          int rows = part.equals("train") ? 60 : 20;
          ByteBuffer images = ByteBuffer.allocate(16 + rows * 16);
          images.putInt(0x803).putInt(rows).putInt(4).putInt(4);
          ByteBuffer labels = ByteBuffer.allocate(8 + rows).putInt(0x801).putInt(rows);
          for (int row = 0; row < rows; row++) {
            images.position(16 + row * 16).put((byte) row);
            labels.put((byte) (row % 4));
          }
          Files.write(folder.resolve(part + "-images-idx3-ubyte"), images.array());
          Files.write(folder.resolve(part + "-labels-idx1-ubyte"), labels.array());
        }
      }
    },
    SCENARIO("scenario.json", "train --scenario {scenario}") {
      @Override
      void write(Path folder) throws IOException {
        Files.writeString(folder.resolve("scenario.json"), HostileInputs.SCENARIO);
      }
    };

    private final String file;
    private final String command;

    Base(String file, String command) {
      this.file = file;
      this.command = command;
    }

    abstract void write(Path folder) throws IOException;

    /** The command that reads the base and does not fail. */
    String command() {
      return command;
    }

    /** Puts paths for the names in braces. */
    String named(String text, Path folder) {
      String name = "{" + name().toLowerCase(Locale.ROOT) + "}";
      return text.replace(name, folder.resolve(file).toString());
    }
  }

  /** Something that has to be undone after the command. */
  interface Planted extends AutoCloseable {
    @Override
    void close();
  }

  /** Plants a fault, as {@code hostile-inputs.txt} says it. */
  static Planted plant(Path folder, String fault) throws Exception {
    Planted planted = () -> {};
    for (String one : fault.split(" ;; ")) {
      if (one.equals(". = locked")) {
        OutputFolder.Form form = new OutputFolder.Form("mark", Set.of(), "");
        planted = OutputFolder.begin("--out", folder, form)::close;
      } else if (!one.equals("-")) {
        plantOne(folder, one);
      }
    }
    return planted;
  }

  private static void plantOne(Path folder, String fault) throws Exception {
    String[] words = fault.split(" ", 3);
    Path file = folder.resolve(words[0].replaceAll("[:!]$", ""));
    if (words[1].equals("=")) {
      replace(file, words[2]);
    } else if (words[1].equals("+")) {
      String line = words[2].replace("\\n", "\n").replace("\\u0020", " ");
      Files.writeString(file, Files.readString(file) + line);
    } else {
      String[] change = fault.substring(words[0].length() + 1).replace("\\n", "\n").split(" => ");
      if (String.valueOf(file).endsWith(".npz")) {
        replaceArray(file, change[0], change.length == 1 ? "" : change[1]);
        return;
      }
      String text = Files.readString(file);
      assertThat(text).contains(change[0]);
      String other = text.replace(change[0], change[1]);
      Files.writeString(file, other);
      if (words[0].endsWith(":")) {
        declare(folder, text, other);
      }
    }
  }

  /** Puts the digest of a changed file in the manifest, if there is one. */
  private static void declare(Path folder, String text, String other) throws IOException {
    Path manifest = folder.resolve("manifest.json");
    if (Files.exists(manifest)) {
      Files.writeString(
          manifest,
          Files.readString(manifest)
              .replace(Sha256.of(text.getBytes(UTF_8)), Sha256.of(other.getBytes(UTF_8))));
    }
  }

  private static void replaceArray(Path file, String name, String last) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>(NpzFile.read(file));
    if (last.isEmpty()) {
      arrays.remove(name);
    } else {
      double value = Double.parseDouble(last);
      arrays.put(
          name,
          switch (arrays.get(name)) {
            case NpyArray.Doubles(int[] shape, double[] values) -> {
              values[values.length - 1] = value;
              yield new NpyArray.Doubles(shape, values);
            }
            case NpyArray.Floats(int[] shape, float[] values) -> {
              values[values.length - 1] = (float) value;
              yield new NpyArray.Floats(shape, values);
            }
            case null, default -> new NpyArray.Floats(new int[] {1}, new float[] {(float) value});
          });
    }
    NpzFile.write(file, arrays);
  }

  private static void replace(Path file, String what) throws Exception {
    switch (what) {
      case "a pipe" -> {
        Files.delete(file);
        Process made = new ProcessBuilder("mkfifo", file.toString()).start();
        assertThat(made.waitFor(30, TimeUnit.SECONDS)).isTrue();
      }
      case "a link" -> {
        Path elsewhere = file.resolveSibling("elsewhere");
        Files.createSymbolicLink(file, Files.move(file, elsewhere));
      }
      default -> {
        byte[] sound = Files.readAllBytes(file);
        byte[] content = content(what, new String(sound, ISO_8859_1));
        Files.write(file, content);
        declare(file.resolveSibling(""), new String(sound, UTF_8), new String(content, UTF_8));
      }
    }
  }

  private static byte[] content(String what, String sound) throws IOException {
    return switch (what) {
      case "half of it" -> sound.substring(0, sound.length() / 2).getBytes(ISO_8859_1);
      case "the first case twice" -> {
        int from = sound.indexOf("\"cases\" : [ {") + "\"cases\" : [ ".length();
        int to = sound.indexOf("}, {", from) + 3;
        yield (sound.substring(0, to) + sound.substring(from)).getBytes(ISO_8859_1);
      }
      case "each line 200 times" ->
          sound
              .lines()
              .map(line -> (line + "\n").repeat(200))
              .collect(Collectors.joining())
              .getBytes(UTF_8);
      case "Latin-1" -> ROWS.replace(",0\n", ",caf\u00e9\n").getBytes(ISO_8859_1);
      case "cut gzip" -> Arrays.copyOf(Fuzzed.gzipped(ROWS.getBytes(UTF_8)), 100);
      case "gzip of 42 MB" -> Fuzzed.gzipped((ROWS + "1,2,0\n".repeat(7_000_000)).getBytes(UTF_8));
      case "images of 2 GiB" ->
          Fuzzed.gzipped(
              ByteBuffer.allocate(16)
                  .putInt(0x803)
                  .putInt(2_147_483)
                  .putInt(1000)
                  .putInt(1)
                  .array());
      case "a header of blanks" -> blanks();
      case "100,000 layers" ->
          sound.replace("[4]", Collections.nCopies(100_000, 1).toString()).getBytes(UTF_8);
      default -> {
        assertThat(what).startsWith("features ");
        String features = what.substring("features ".length());
        yield IntStream.range(0, 60)
            .mapToObj(i -> features + "," + i % 3 + "\n")
            .collect(Collectors.joining("", "a,b,label\n", ""))
            .getBytes(UTF_8);
      }
    };
  }

  private static byte[] blanks() throws IOException {
    String text = "{" + " ".repeat(30_000) + "'a'" + " ".repeat(30_000) + "}\n";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("x.npy"));
      zip.write(
          ByteBuffer.allocate(10 + text.length())
              .order(ByteOrder.LITTLE_ENDIAN)
              .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
              .putShort((short) text.length())
              .put(text.getBytes(UTF_8))
              .array());
    }
    return bytes.toByteArray();
  }
}
