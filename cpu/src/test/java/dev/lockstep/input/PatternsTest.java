package dev.lockstep.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PatternsTest {

  @Test
  void everyRegularExpressionTakesLinearTime() throws Exception {
    List<Patterns.Named> patterns = Patterns.of(Limits.class);
    assertThat(patterns).extracting(Patterns.Named::name).contains("CsvTable.NUMBER");
    assertThat(Patterns.faults(patterns, Set.of("NpyDictionary.LENGTH", "Printable.UNPRINTABLE")))
        .isEmpty();
  }

  @Test
  void oneThatDoesNotIsSeen() {
    Pattern squared = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");
    assertThat(Patterns.faults(List.of(new Patterns.Named("squared", squared)), Set.of()))
        .isNotEmpty();
    Pattern blanks = Pattern.compile("\\s*\\n\\s*");
    Patterns.Named named = new Patterns.Named("blanks", blanks);
    assertThat(Patterns.faults(List.of(named), Set.of("blanks"))).isNotEmpty();
    Pattern deep = Pattern.compile("(?:[^/]+/)*");
    assertThat(Patterns.faults(List.of(new Patterns.Named("deep", deep)), Set.of()))
        .anyMatch(fault -> fault.contains("exhausts the stack"));
  }
}
