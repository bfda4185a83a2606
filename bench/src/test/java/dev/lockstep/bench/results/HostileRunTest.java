package dev.lockstep.bench.results;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.bench.files.Sha256;
import dev.lockstep.bench.results.RunLog.State;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Runs that somebody else has changed. Each has one planted fault; where that is not a changed file
 * itself, the manifest has the digests of the changed files.
 */
final class HostileRunTest {

  @TempDir Path temp;
  private Path run;

  @BeforeEach
  void write() {
    run = temp.resolve("run");
    WrittenRun.write(run, State.COMPLETE);
  }

  private void plant(String file, String from, String to) throws IOException {
    Path changed = run.resolve(file);
    String text = Files.readString(changed);
    assertThat(text).contains(from);
    String planted = text.replace(from, to);
    Files.writeString(changed, planted);
    Path manifest = run.resolve("manifest.json");
    Files.writeString(
        manifest,
        Files.readString(manifest)
            .replace(Sha256.of(text.getBytes(UTF_8)), Sha256.of(planted.getBytes(UTF_8))));
  }

  private void refused(String complaint) {
    assertThatThrownBy(() -> RunReader.read(run))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(run.toString())
        .hasMessageContaining(complaint)
        .hasMessageNotContaining("\n");
  }

  @Test
  void theBaseIsRead() throws IOException {
    plant("environment.json", "\"P\"", "\"Q\"");
    assertThat(RunReader.read(run).environment()).containsEntry("processor", "Q");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"schema\" : 2      | \"schema\" : 3      | schema is 3, expected 2",
        "\"schema\" : 2      | \"schema\" : 1      | `lockstep convert`",
        "lockstep-bench      | something           | kind is \"something\", expected"
            + " lockstep-bench",
        "\"complete\"        | \"nonsense\"        | state is nonsense, expected complete",
        "\"plan\" : {        | \"arguments\" : [ \"--versus-build\", \"evil\" ], \"plan\" : { |"
            + " arguments is [\"--versus-build\",\"evil\"], and no such field",
        "\"arms\" : \"\"     | \"arms\" : \"build\" | build is missing, which contradicts arms,"
            + " build",
        "\"arms\" : \"\"     | \"arms\" : \"threads\" | arms is threads, expected backend or build",
        "\"device\" : 0      | \"device\" : -1     | device is -1, expected 0 to",
        "\"iteration-ms\" : 500 | \"iteration-ms\" : 0 | iteration-ms is 0, expected 1 to",
        "\"most-forks\" : 8  | \"most-forks\" : 2  | most-forks is 2, expected 3 to 999",
        "\"within\" : 0.03   | \"within\" : 0      | within is 0.0, expected a share",
        "\"cases\"           | \"cays\"            | cases is missing, expected a list",
        "\"depth\" : \"2\"   | \"depth\" : \"-1\"  | case 2: depth is -1, expected a whole number"
            + " from 1",
        "\"depth\" : \"2\"   | \"depth\" : \"2000000000\" | case 2: depth is 2000000000, expected",
        "\"depth\" : \"2\",  | \"deep\" : \"2\",   | case 2: depth is missing, expected a value",
        "\"batch\" : \"7\"   | \"batch\" : \"x\"   | case 2: batch is x, expected a whole number",
        "\"backend\" : \"vector\" | \"back\" : \"vector\" | case 2: backend is missing, expected",
        "\"backend\" : \"vector\" | \"backend\" : \"../v\" | case 2: backend is ../v, expected the"
            + " name",
        "\"tanh\"            | \"tan\"             | case 2: activation is tan, expected one of",
        "\"threads\" : \"1\" | \"threads\" : \"1\", \"shape\" : \"1\" | axis is shape, which a case"
            + " of",
        "\"harness\" : \"step\" | \"harness\" : \"nosuch\" | case 2: harness is nosuch, expected"
            + " one of",
        "\"flops\" : 1000.0  | \"flops\" : -1.0    | case 2: flops is -1.0, expected a number",
        "\"forks\" : 2       | \"forks\" : 3       | forks is 3, but samples.jsonl has 2",
        "\"ended\" : \"enough\" | \"ended\" : \"open\" | which contradicts ended, open",
        "\"ended\" : \"enough\" | \"ended\" : \"failed\" | which contradicts ended, failed",
        "\"ended\" : \"enough\" | \"ended\" : \"never\" | ended is never, expected one of",
        "\"summary.csv\" | \"../summary.csv\" | files is ../summary.csv, expected",
        "\"summary.csv\" | \"s\\u0000\" | files is s\\u0000, expected",
        "\"samples.jsonl\" | \"summary.md\" | files is samples.jsonl, which is missing",
        "\"samples.jsonl\" | \"summary.md\" | files is samples.jsonl, which is missing",
        "{                   | ]                   | expected JSON",
      })
  void aManifestThatNoRunHasIsRefused(String from, String to, String complaint) throws IOException {
    plant("manifest.json", from, to);
    refused(complaint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "verify.json   | AGREES        | DIFFERS      | verdict is DIFFERS, so it has no number",
        "verify.json   | 0.5           | 1.5          | share-of-bound is 1.5, expected 0 to 1",
        "verify.json   | 0.5 | \"NaN\" | share-of-bound is NaN, expected 0 to 1",
        "verify.json   | before        | never        | when is never, expected before or after",
        "verify.json   | \"fork\":2    | \"fork\":9   | fork is 9, which step",
        "verify.json   | \"fork\":2    | \"fork\":1   | absent in verify.json",
        "verify.json   | 4096          | -4096        | elements is -4096 equal",
        "verify.json   | step-         | stop-        | which the manifest does not have",
        "verify.json   | \"schema\":2  | \"schema\":1 | schema is 1, expected 2",
        "samples.jsonl | \"fork\":2    | \"fork\":1   | line 3: fork is 1, expected 2, the next",
        "samples.jsonl | \"block\":0   | \"block\":2000000000 | line 1: block is 2000000000",
        "samples.jsonl | \"block\":0   | \"block\":-1 | line 1: block is -1, expected 0",
        "samples.jsonl | 1.5           | -1.5         | line 1: seconds is -1.5, expected",
        "samples.jsonl | 4.0           | 0.0          | line 3: ns is 0.0, expected times above 0",
        "samples.jsonl | 4.0           | 1e999        | line 3: ns is Infinity, expected times",
        "samples.jsonl | [4.0,5.0]     | []           | line 3: number of ns is 0, expected",
        "samples.jsonl | [4.0,5.0]     | [4.0,5.0],\"device-ns\":[1] | number of device-ns is 1",
        "samples.jsonl | [4.0,5.0]     | [4.0,6.0]    | expected the times in samples.jsonl",
        "samples.jsonl | \"seconds\"   | \"extra\":1,\"seconds\" | extra is 1, and no such field",
        "jmh.json      | ns/op         | ops/s        | scoreUnit is ops/s, expected ns/op",
        "jmh.json      | [[7.0]]       | []           | expected rawData with a list for each fork",
        "environment.json | \"schema\" : 2 | \"schema\" : 0 | schema is 0, expected 2",
        "environment.json | \"P\"       | 7            | processor is 7, expected a text",
      })
  void whatContradictsTheManifestIsRefused(String file, String from, String to, String complaint)
      throws IOException {
    plant(file, from, to);
    refused(complaint);
  }

  @ParameterizedTest
  @CsvSource({"environment.json", "samples.jsonl", "verify.json", "jmh.json", "summary.csv"})
  void aChangedFileIsFoundByItsDigest(String file) throws IOException {
    Files.writeString(run.resolve(file), Files.readString(run.resolve(file)) + " ");
    refused(file + ": SHA-256 is ");
  }

  @Test
  void anotherRunsEnvironmentIsFoundByItsDigest() throws IOException {
    Path environment = run.resolve("environment.json");
    Files.writeString(environment, Files.readString(environment).replace("\"P\"", "\"Q\""));
    refused("the file was changed or is another run's");
  }

  @Test
  void aLinkIsNotFollowed() throws IOException {
    Path environment = run.resolve("environment.json");
    Path elsewhere = Files.move(environment, temp.resolve("elsewhere"));
    Files.createSymbolicLink(environment, elsewhere);
    refused("environment.json: file is a link, expected a regular file");
  }

  @Test
  void twoCasesOfOneNameAreRefused() throws IOException {
    Path manifest = run.resolve("manifest.json");
    String text = Files.readString(manifest);
    int from = text.indexOf("\"cases\" : [ {") + "\"cases\" : [ ".length();
    int to = text.indexOf("}, {", from) + 3;
    Files.writeString(
        manifest, text.substring(0, to) + text.substring(from, to) + text.substring(to));
    refused("case is ceiling-fma-1, which is listed twice");
  }
}
