package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.input.Patterns;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** As in cpu: no regular expression that foreign text reaches takes more than linear time. */
class BenchPatternsTest {

  @Test
  void everyRegularExpressionTakesLinearTime() throws Exception {
    List<Patterns.Named> patterns = Patterns.of(Lockstep.class);
    assertThat(patterns).extracting(Patterns.Named::name).contains("PathFree.PATH");
    assertThat(Patterns.faults(patterns, Set.of("PathFree.PATH"))).isEmpty();
  }
}
