package dev.lockstep.bench.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.input.Printable;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PrinterTest {

  private static List<String> printed(Consumer<Printer> content) {
    return Printer.lines(40, UnaryOperator.identity(), content);
  }

  /** Escape, bell, C1's own escape, right-to-left override, line separator, newline, return. */
  @ParameterizedTest
  @ValueSource(strings = {"\u001b", "\u0007", "\u009b", "\u202e", "\u2028", "\n", "\r", "\0", "\b"})
  void whatControlsATerminalIsShownByItsEscapeWhereverItIsPrinted(String control) {
    String text = "a" + control + "b";
    String shown = Printable.of(text);
    Table table = new Table(1, List.of(Table.text("title"))).row(text);

    assertThat(shown).matches("a\\\\(n|r|u[0-9a-f]{4})b");

    assertThat(printed(out -> out.line(text))).containsExactly(shown);
    assertThat(printed(out -> out.paragraph(text))).containsExactly(shown);
    assertThat(printed(out -> out.command(text, 2))).containsExactly("  " + shown);
    assertThat(printed(out -> out.lines(List.of(text)))).containsExactly(shown);
    assertThat(printed(out -> out.table(table, 2))).containsExactly("  title", "  " + shown);
  }

  @Test
  void aParagraphHangs() {
    assertThat(printed(out -> out.paragraph("one two three four five six seven eight nine", 2, 4)))
        .containsExactly("  one two three four five six seven", "    eight nine");
  }

  @Test
  void aWordThatIsTooLongStaysWhole() {
    String path = "/a/path/that/is/longer/than/any/line/may/be";
    assertThat(printed(out -> out.paragraph("see " + path + " or ask")))
        .containsExactly("see", path, "or ask");
  }

  @Test
  void aCommandIsBrokenBeforeItsFlagsAndNotWithinQuotes() {
    assertThat(
            printed(
                out -> out.command("lockstep check --width 7 --data 'csv:a --b.csv' --seed 11", 2)))
        .containsExactly("  lockstep check --width 7 \\", "    --data 'csv:a --b.csv' --seed 11");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-80", "eighty", "80x", "999999"})
  void aWidthThatIsNoneIsLeftToTheTerminal(String variable) {
    assertThat(Terminal.columns(variable, 99)).isEqualTo(80);
  }

  @Test
  void theVariableSaysHowWideLinesMayBe() {
    assertThat(Terminal.columns("120", 99)).isEqualTo(120);
    assertThat(Terminal.columns("7", 99)).as("nothing fits").isEqualTo(20);
  }
}
