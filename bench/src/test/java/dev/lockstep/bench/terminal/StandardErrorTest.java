package dev.lockstep.bench.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StandardErrorTest {

  @Test
  void takesTheDescriptorKeptForThisProcess() {
    assertThat(StandardError.keptDescriptor("3@4711", 4711)).hasValue(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3", "3@", "3@471", "3@47110", "@4711"})
  void leavesTheDescriptorsOfAnotherProcessAlone(String property) {
    assertThat(StandardError.keptDescriptor(property, 4711)).isEmpty();
  }
}
