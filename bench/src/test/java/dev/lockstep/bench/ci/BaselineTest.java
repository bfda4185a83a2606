package dev.lockstep.bench.ci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.bench.ci.Baseline.Entry;
import dev.lockstep.bench.ci.Baseline.Judged;
import dev.lockstep.bench.ci.Issue.Severity;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Known findings: what a file may say, what it accepts, and how it is updated. */
final class BaselineTest {

  private static final List<String> CODES = List.of("lockstep-broken", "bits-differ");
  private static final Predicate<Entry> ALL = _ -> true;
  private static final String SOUND =
      """
      {"schema": 1, "kind": "lockstep-baseline", "command": "check", "known": [
        {"backend": "cublas", "where": "w7", "code": "lockstep-broken"},
        {"backend": "numpy", "where": "*", "code": "lockstep-broken"}]}
      """;

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("known.json"), text);
  }

  private static Issue issue(Severity severity, String backend, String where, String code) {
    return new Issue(severity, code, backend, where, "text");
  }

  private static Issue finding(String backend, String where) {
    return issue(Severity.FINDING, backend, where, "lockstep-broken");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"schema\": 1          | \"schema\": 2        | schema is 2, expected 1",
        "\"schema\": 1          | \"schema\": \"1\"    | schema is \"1\", expected 1",
        "\"schema\": 1,         | ``                   | schema is missing, expected 1",
        "lockstep-baseline      | lockstep-check       | kind is \"lockstep-check\", expected",
        "\"command\": \"check\" | \"command\": \"map\" | command is \"map\", expected check",
        "\"known\": [           | \"known\": 7, \"x\": [ | 7, expected a list",
        "\"known\": [           | \"other\": 7, \"known\": [ | other is 7, and no such field",
        "\"where\": \"w7\"      | \"where\": \"\"      | where is '', expected 1 to 1000",
        "\"where\": \"w7\"      | \"where\": 7         | where is 7, expected a text",
        "\"where\": \"w7\"      | \"where\": null      | where is null, expected a text",
        "\"where\": \"w7\",     | ``                   | where is missing, expected a text",
        "\"where\": \"w7\",     | \"where\": \"w7\", \"who\": 1, | who is 1, and no such field",
        "\"lockstep-broken\"}, | \"lockstep-brokn\"}, | code is lockstep-brokn, which is unknown;",
        "cublas\", \"where\": \"w7 | numpy\", \"where\": \"* | known is numpy, * [lockstep-broken]",
        "{\"schema\"            | {\"schema            | expected JSON",
      })
  void whatIsWrongIsNamed(String sound, String wrong, String message) throws IOException {
    assertThat(SOUND).contains(sound);
    Path file = file(SOUND.replace(sound, wrong == null ? "" : wrong));
    assertThatThrownBy(() -> Baseline.read(file, "check", CODES))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message);
  }

  /** A file that was damaged anywhere is read or refused; nothing else happens. */
  @Test
  void damagedFilesAreReadOrRefused() throws IOException {
    SplittableRandom random = new SplittableRandom(20);
    String letters = "{}[]\":,\\u0000nul1e9-*\n\u202e";
    int refused = 0;
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder(SOUND);
      for (int edits = random.nextInt(1, 4); edits > 0; edits--) {
        int at = random.nextInt(text.length());
        int end = Math.min(text.length(), at + random.nextInt(4));
        text.replace(at, end, letters.substring(random.nextInt(letters.length())));
      }
      Path file = file(text.toString());
      try {
        Baseline.read(file, "check", CODES);
      } catch (InputException e) {
        refused++;
        assertThat(e).hasMessageStartingWith(file + ": ");
        assertThat(String.valueOf(e.getMessage()).lines()).hasSize(1);
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }

  @Test
  void whatItListsIsKnown() throws IOException {
    Baseline baseline = Baseline.read(file(SOUND), "check", CODES);
    Issue known = finding("cublas", "w7");
    Issue elsewhere = finding("cublas", "w9");
    Issue anywhere = finding("numpy", "w9");
    Issue other = issue(Severity.FAULT, "cublas", "w7", "bits-differ");
    Judged judged = baseline.judge(List.of(known, elsewhere, anywhere, other), ALL);
    assertThat(judged.known()).containsExactly(known, anywhere);
    assertThat(judged.fresh()).containsExactly(elsewhere, other);
    assertThat(judged.gone()).isEmpty();
  }

  /** A star is no licence for faults: those are listed by their exact place. */
  @Test
  void aStarStandsForFindingsOnly() throws IOException {
    Baseline baseline = Baseline.read(file(SOUND), "check", CODES);
    Issue fault = issue(Severity.FAULT, "numpy", "w9", "lockstep-broken");
    Issue exact = issue(Severity.EXACT_FAULT, "numpy", "w9", "lockstep-broken");
    assertThat(baseline.judge(List.of(fault, exact), ALL).fresh()).containsExactly(fault, exact);
  }

  @Test
  void anExactBackendsFaultIsKnownIfAPersonHasListedIt() throws IOException {
    Issue fault = issue(Severity.EXACT_FAULT, "vector", "w7", "bits-differ");
    Baseline without = Baseline.read(file(SOUND), "check", CODES);
    Baseline.Update update = without.updated(List.of(fault), _ -> false);
    assertThat(update.judged().added()).isEmpty();
    assertThat(update.judged().fresh()).containsExactly(fault);

    String more = "{\"backend\": \"vector\", \"where\": \"w7\", \"code\": \"bits-differ\"},";
    Baseline with = Baseline.read(file(SOUND.replace("[\n", "[\n" + more)), "check", CODES);
    assertThat(with.judge(List.of(fault), ALL).fresh()).isEmpty();
  }

  /** What was not tested may still be so. */
  @Test
  void onlyWhatCouldHaveOccurredIsGone() throws IOException {
    Baseline baseline = Baseline.read(file(SOUND), "check", CODES);
    Entry cublas = new Entry("cublas", "w7", "lockstep-broken");
    assertThat(baseline.judge(List.of(), cublas::equals).gone()).containsExactly(cublas);
    assertThat(baseline.judge(List.of(), _ -> false).gone()).isEmpty();
  }

  @Test
  void anUpdateAddsAndRemoves() throws IOException {
    Path file = file(SOUND);
    Baseline baseline = Baseline.read(file, "check", CODES);
    Issue fresh = finding("jax", "w9");
    Issue fault = issue(Severity.FAULT, "jax", "w9", "bits-differ");
    Baseline.Update update =
        baseline.updated(List.of(fresh, fault, fresh), entry -> entry.backend().equals("cublas"));
    assertThat(update.judged().added())
        .containsExactly(
            new Entry("jax", "w9", "bits-differ"), new Entry("jax", "w9", "lockstep-broken"));
    assertThat(update.judged().removed())
        .containsExactly(new Entry("cublas", "w7", "lockstep-broken"));
    assertThat(update.judged().fresh()).isEmpty();
    assertThat(Files.readString(file)).isEqualTo(SOUND);

    update.baseline().write();
    assertThat(Baseline.read(file, "check", CODES).entries())
        .isEqualTo(update.baseline().entries())
        .contains(new Entry("numpy", "*", "lockstep-broken"))
        .hasSize(3);
  }

  @Test
  void anEmptyBaselineKnowsNothing() {
    Baseline empty = new Baseline(folder.resolve("none"), "check", new TreeSet<>());
    assertThat(empty.judge(List.of(finding("cublas", "w7")), ALL).fresh()).hasSize(1);
  }
}
