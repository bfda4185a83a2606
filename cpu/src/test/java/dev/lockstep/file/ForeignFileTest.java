package dev.lockstep.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.lockstep.data.CsvFile;
import dev.lockstep.data.IdxFile;
import dev.lockstep.data.NpzDataset;
import dev.lockstep.data.Scaling;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Network;
import dev.lockstep.model.ParametersFile;
import dev.lockstep.model.Rule;
import dev.lockstep.model.TrainingStateFile;
import dev.lockstep.scenario.ScenarioFile;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every reader refuses at once what is no regular file. */
class ForeignFileTest {

  /** Far more than a refusal takes, and less than a test that waits for ever. */
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final Network NETWORK = new Network(2, List.of(1), Activation.TANH, 2);

  private static final Map<String, Consumer<Path>> READERS =
      Map.of(
          "csv", file -> CsvFile.dataset(file, "", 0.2, Scaling.NONE, 1),
          "npz data", file -> NpzDataset.dataset(file, 0.2, Scaling.NONE, 1),
          "idx", ForeignFileTest::images,
          "npz", NpzFile::read,
          "npz archive", file -> NpzArchive.open(file).close(),
          "safetensors", file -> SafetensorsFile.open(file).close(),
          "parameters", file -> ParametersFile.read(file, NETWORK),
          "state", file -> TrainingStateFile.read(file, NETWORK, new Rule.Momentum(0.5f)),
          "scenario", ScenarioFile::read,
          "bytes", file -> ForeignFile.bytes(file, Limits.SCENARIO_FILE));

  @TempDir Path temp;

  /** Reads images through a link, so that the folder has the names that it must have. */
  private static void images(Path file) {
    try {
      Path folder = Files.createTempDirectory(file.getFileName().toString());
      Path images = folder.resolve("train-images-idx3-ubyte");
      Files.createSymbolicLink(images, file);
      Files.createFile(folder.resolve("train-labels-idx1-ubyte"));
      try {
        IdxFile.dataset(folder);
      } catch (InputException e) {
        // The message names the link.
        throw new InputException(
            file.toString(), "file", String.valueOf(e.getMessage()).replaceFirst(".* is ", ""), "");
      } finally {
        Files.delete(images);
        Files.delete(folder.resolve("train-labels-idx1-ubyte"));
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static Stream<Arguments> readersAndKinds() {
    return READERS.keySet().stream()
        .flatMap(
            reader ->
                Stream.of(
                        "a pipe",
                        "a device",
                        "a folder",
                        "a socket",
                        "one of the kernel's",
                        "a link to a pipe")
                    .map(kind -> Arguments.of(reader, kind)));
  }

  private Path make(String kind) throws Exception {
    Path file = temp.resolve("made");
    return switch (kind) {
      case "a pipe" -> pipe(file);
      case "a device" -> Path.of("/dev/zero");
      case "a folder" -> Files.createDirectory(file);
      case "a socket" -> {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
          server.bind(UnixDomainSocketAddress.of(file));
        }
        yield file;
      }
      case "one of the kernel's" -> Path.of("/proc/self/environ");
      default -> Files.createSymbolicLink(file, pipe(temp.resolve("pipe")));
    };
  }

  private static Path pipe(Path file) throws Exception {
    Process made = new ProcessBuilder("mkfifo", file.toString()).start();
    assertThat(made.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return file;
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("readersAndKinds")
  void everyReaderRefusesItByItsKind(String reader, String kind) throws Exception {
    Path file = make(kind);
    String found = kind.replace("a link to ", "");
    assertTimeoutPreemptively(
        LIMIT,
        () ->
            assertThatThrownBy(() -> Objects.requireNonNull(READERS.get(reader)).accept(file))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(file + ": file is " + found + ", expected a regular file"));
  }

  @Test
  void aFileIsReadUpToItsLimit() throws IOException {
    Limits three = new Limits("test", 3, "bytes", "it is a test");
    Path file = temp.resolve("file");
    assertThat(ForeignFile.bytes(Files.write(file, new byte[] {1, 2, 3}), three))
        .containsExactly(1, 2, 3);
    Files.write(file, new byte[4]);
    assertThatThrownBy(() -> ForeignFile.bytes(file, three))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": file length is 4, expected at most 3 bytes");
  }

  @Test
  void aLinkToARegularFileIsFollowed() throws IOException {
    Path file = Files.write(temp.resolve("file"), new byte[] {7});
    Path link = Files.createSymbolicLink(temp.resolve("link"), file);
    assertThat(ForeignFile.bytes(link, Limits.SCENARIO_FILE)).containsExactly(7);
  }
}
