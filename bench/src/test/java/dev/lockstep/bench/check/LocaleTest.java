package dev.lockstep.bench.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.cells.Cell;
import dev.lockstep.bench.cells.OwnOrders;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.data.Digits;
import dev.lockstep.model.Activation;
import dev.lockstep.scenario.DataSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.util.DefaultLocale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A check's reports are the same in every locale: digits, decimal points, upper case. */
final class LocaleTest {

  private static final long SEED = 11;
  private static final int STEPS = 40;

  private static final CheckReport REPORT = check();

  private static CheckReport check() {
    Resources one = new Resources(1);
    List<Candidate> backends =
        Stream.of("scalar", "vector", "double")
            .map(name -> Candidate.of(Backends.named("test", name), one))
            .toList();
    DataSource source = new DataSource.EmbeddedDigits();
    List<Cell> cells =
        Stream.of("equal", "random")
            .map(init -> new Cell(33, 33, 1, Activation.TANH, init))
            .toList();
    return new Check(
            source,
            Digits.load(),
            SEED,
            STEPS,
            one,
            backends,
            true,
            cells,
            List.of(),
            OwnOrders.Effort.USUAL,
            "")
        .run(() -> false);
  }

  private static List<String> reports() {
    List<String> all =
        new ArrayList<>(Printer.lines(80, UnaryOperator.identity(), new CheckText(REPORT)::print));
    all.add(CheckJson.of(REPORT, REPORT.exitCode()).toPrettyString());
    return all;
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "de-DE", "tr-TR", "hi-IN-u-nu-deva"})
  @DefaultLocale("en") // restores what the test sets
  void theSameInEveryLocale(String tag) {
    Locale.setDefault(Locale.ROOT);
    List<String> expected = reports();

    Locale.setDefault(Locale.forLanguageTag(tag));
    assertThat(reports()).isEqualTo(expected);
    assertThat(expected).anyMatch(line -> line.matches(".* \\d+\\.\\d s"));
  }
}
