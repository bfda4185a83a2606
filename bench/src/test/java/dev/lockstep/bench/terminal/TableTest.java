package dev.lockstep.bench.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TableTest {

  private static final String LONG = "a claim that is much longer than any field was made for";

  private static Table table() {
    return new Table(
            1,
            List.of(
                Table.word("backend"),
                Table.text("lockstep"),
                Table.text("against"),
                Table.number("time")))
        .row("scalar", "HELD", "-", "7.0 s")
        .row("cublas-pedantic", LONG, "AGREES (bound, 3%)", "11.5 s")
        .row("cuda", "UNAVAILABLE  no driver was found on this machine, and none is needed");
  }

  @Test
  void whatFitsIsAsWideAsItsCells() {
    assertThat(table().lines(200))
        .containsExactly(
            "backend          lockstep                                                 against"
                + "               time",
            "scalar           HELD                                                     -"
                + "                    7.0 s",
            "cublas-pedantic  " + LONG + "  AGREES (bound, 3%)  11.5 s",
            "cuda             UNAVAILABLE  no driver was found on this machine, and none is"
                + " needed");
  }

  @Test
  void longTextIsWrappedBetweenWords() {
    assertThat(table().lines(60))
        .containsExactly(
            "backend          lockstep          against              time",
            "scalar           HELD              -                   7.0 s",
            "cublas-pedantic  a claim that is   AGREES (bound,     11.5 s",
            "                 much longer than  3%)",
            "                 any field was",
            "                 made for",
            "cuda             UNAVAILABLE  no driver was found on this",
            "                 machine, and none is needed");
  }

  @Test
  void whatCannotBeWrappedIsBrokenIntoSeveralTables() {
    Table table =
        new Table(1, List.of(Table.word("k"), Table.number("first"), Table.number("second")))
            .row("x", "1234567890", "2345678901")
            .row("y", "a remark");
    assertThat(table.lines(20))
        .containsExactly(
            "k       first", "x  1234567890", "y  a remark", "", "k      second", "x  2345678901");
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 31, 40, 55, 79, 80, 81, 120})
  void noLineIsLongerAndNoColumnsRunTogether(int width) {
    Table table =
        new Table(2, List.of(Table.word("a"), Table.number("b"), Table.text("c"), Table.text("d")));
    for (int length = 1; length < 60; length += 7) {
      table.row("a".repeat(length / 7 + 1), "b" + length, "c".repeat(length), "d ".repeat(length));
    }
    assertThat(table.lines(width))
        .allMatch(line -> line.length() <= width)
        .noneMatch(line -> line.contains("ab") || line.contains("bc") || line.contains("cd"));
  }

  @Test
  void anIntervalStaysOnOneLine() {
    Table table =
        new Table(1, List.of(Table.text("time"))).row("1.5 " + Table.unbroken("[1.4 - 1.6]"));
    assertThat(table.lines(12)).containsExactly("time", "1.5", "[1.4 - 1.6]");
  }

  @Test
  void aPathThatIsTooLongIsCutBetweenFolders() {
    Table table =
        new Table(1, List.of(Table.word(""), Table.text("")))
            .row("JDK", "25, /usr/lib/jvm/some-jdk-25");
    assertThat(table.lines(20))
        .containsExactly("JDK  25,", "     /usr/lib/jvm/", "     some-jdk-25");
  }
}
