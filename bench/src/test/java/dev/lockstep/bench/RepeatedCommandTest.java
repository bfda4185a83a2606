package dev.lockstep.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.file.NpyArray;
import dev.lockstep.file.NpzFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command that repeats a fault, pasted into a shell, whatever its files are called. */
final class RepeatedCommandTest {

  /** Finite in binary32, but no product of it is: the check is INCONCLUSIVE. */
  private static final double TOO_LARGE = 3e38;

  @TempDir Path folder;
  @RegisterExtension final Console console = new Console();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n;touch PWNED;",
        "$(touch PWNED)`touch PWNED`",
        "it's --here 'and' \"there\" --and there",
        "\u001b[31mred\u202e\nsecond line --x",
        "~ * [a] {a} ! # & | < > \\ %s"
      })
  void itHasTheArgumentsThatWereGiven(String name) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no /bin/bash");
    Path data = folder.resolve(name + ".csv");
    String rows = "0.1,0.2,0\n0.3,0.1,1\n0.2,0.4,0\n0.9,0.3,1\n".repeat(6);
    Files.writeString(data, "a,b,label\n" + rows);
    Path init = folder.resolve(name + ".npz");
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("W1", array(2, 3));
    arrays.put("b1", array(3));
    arrays.put("W2", array(3, 2));
    arrays.put("b2", array(2));
    NpzFile.write(init, arrays);
    String program = "mine=/bin/false \"" + name.replaceAll("[\"\\\\]", "\\\\$0") + "\"";
    List<String> given =
        Stream.of(
                "--width 3 --batch 2 --depth 1 --activation relu --optimizer sgd --noise 0.0",
                "--loss cross-entropy --steps 2 --backends scalar,vector")
            .flatMap(line -> Stream.of(line.split(" ")))
            .collect(Collectors.toList());
    given.addAll(List.of("--data", "csv:" + data, "--init", "npz:" + init, "--program", program));
    given.addFirst("check");

    assertThat(Lockstep.run(given.toArray(String[]::new))).as(console.complained()).isEqualTo(1);

    List<String> repeated = repeated();
    assertThat(repeated).startsWith("check");
    for (int i = 1; i < given.size(); i += 2) {
      assertThat(repeated).containsSequence(given.get(i), given.get(i + 1));
    }
  }

  private static NpyArray array(int... shape) {
    int count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    double[] values = new double[count];
    Arrays.fill(values, TOO_LARGE);
    return new NpyArray.Doubles(shape, values);
  }

  /** The arguments that a shell passes on when the printed command is pasted. */
  private List<String> repeated() throws Exception {
    String start = "repeat with: ";
    String printed = console.printed();
    assertThat(printed).contains(start);
    String command =
        printed
            .substring(printed.indexOf(start) + start.length())
            .lines()
            .takeWhile(line -> !line.isBlank())
            .collect(Collectors.joining("\n"));
    Path empty = Files.createDirectories(folder.resolve("empty"));
    Path script =
        Files.writeString(
            folder.resolve("script"), "lockstep() { printf '%s\\0' \"$@\"; }\n" + command + "\n");
    ProcessBuilder bash =
        new ProcessBuilder("/bin/bash", "--norc", script.toString())
            .directory(empty.toFile())
            .redirectErrorStream(true);
    bash.environment().put("LC_ALL", "C.UTF-8");
    Process process = bash.start();
    List<String> words =
        List.of(new String(process.getInputStream().readAllBytes(), UTF_8).split("\0", -1));
    assertThat(process.waitFor()).as(command).isZero();
    assertThat(empty).isEmptyDirectory();
    return words;
  }
}
