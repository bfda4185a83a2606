package dev.lockstep.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.input.InputException;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Network;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryNeedTest {

  /** 7-33-129-2: 264 + 4386 + 260 parameters, 164 activations a row. */
  private static final Network NETWORK = new Network(7, List.of(33, 129), Activation.RELU, 2);

  @Test
  void countsWhatATrainerHolds() {
    long parameters = 7 * 33 + 33 + 33 * 129 + 129 + 129 * 2 + 2;
    long activations = 33 + 129 + 2;

    assertThat(MemoryNeed.ofInitialParameters(NETWORK).bytes()).isEqualTo(4 * parameters);
    assertThat(MemoryNeed.ofTrainer(NETWORK, 5, 11, 4).bytes())
        .isEqualTo(4 * (2 * parameters + (2 * 5 + 11) * activations));
    assertThat(MemoryNeed.ofTrainer(NETWORK, 5, 11, 8).bytes())
        .isEqualTo(2 * MemoryNeed.ofTrainer(NETWORK, 5, 11, 4).bytes());
    assertThat(MemoryNeed.ofEvaluation(NETWORK, 11, 4).bytes()).isEqualTo(4 * 11 * (2 + 1));
    assertThat(MemoryNeed.ofProbe(NETWORK, 5, 4).bytes())
        .isEqualTo(4 * (parameters + 4 * 5 * activations));
    assertThat(MemoryNeed.ofDivergence(NETWORK).bytes()).isEqualTo(16 * 129 * (33 + 1 + 2));
  }

  @Test
  void aNetworkLargerThanMemoryIsRefusedWithWhatItNeeds() {
    Network huge = new Network(64, List.of(40_000, 40_000), Activation.TANH, 10);
    long copies = 2 * Runtime.getRuntime().maxMemory() / (4 * huge.parameterCount());
    MemoryNeed need = new MemoryNeed((copies + 1) * 4 * huge.parameterCount());

    assertThatThrownBy(() -> need.require(huge))
        .isInstanceOf(InputException.class)
        .hasMessageMatching(
            "scenario: network is 64-40000-40000-10 tanh, expected one that fits the memory: it"
                + " needs [0-9.]+ [GM]iB and the JVM may use [0-9.]+ [GM]iB \\(option -Xmx\\)");
  }

  @Test
  void oneThatFitsIsNot() {
    assertThatCode(() -> MemoryNeed.ofTrainer(NETWORK, 1, 1, 8).require(NETWORK))
        .doesNotThrowAnyException();
  }
}
