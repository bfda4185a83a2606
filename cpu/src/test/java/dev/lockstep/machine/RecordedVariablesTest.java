package dev.lockstep.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.machine.RecordedVariables.Effect;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RecordedVariablesTest {

  /** What is set for libraries would be in every report that a test reads. */
  @Test
  void noneOfArithmeticIsSetForTheTests() {
    assertThat(RecordedVariables.ofThisProcess().ofArithmetic())
        .as("to be unset, or to be left out by excludedEnvironmentVariables in pom.xml")
        .hasToString("");
  }

  @Test
  void whatChangesArithmeticOrTimeIsRecorded() {
    Map<String, String> environment = new HashMap<>();
    for (String name :
        new String[] {
          "CUBLAS_EMULATE_SINGLE_PRECISION",
          "CUBLAS_EMULATION_STRATEGY",
          "NVIDIA_TF32_OVERRIDE",
          "CUDA_MODULE_LOADING",
          "CUDA_CACHE_DISABLE",
          "CUDA_LAUNCH_BLOCKING",
          "CUDA_DEVICE_MAX_CONNECTIONS",
          "CUBLAS_WORKSPACE_CONFIG",
          "CUBLASLT_LOG_LEVEL",
          "OPENBLAS_CORETYPE",
          "OPENBLAS_NUM_THREADS",
          "MKL_CBWR",
          "OMP_NUM_THREADS",
          "GLIBC_TUNABLES",
          "LOCKSTEP_JAVA_OPTS",
          "JAVA_TOOL_OPTIONS"
        }) {
      environment.put(name, "1");
    }
    environment.put("EMULATED_CUDA_WRONG_BIT", "");
    assertThat(RecordedVariables.of(environment).values()).isEqualTo(environment);
    assertThat(RecordedVariables.of(environment).with(Effect.GPU_ARITHMETIC))
        .hasToString(
            "CUBLAS_EMULATE_SINGLE_PRECISION=1, CUBLAS_EMULATION_STRATEGY=1,"
                + " NVIDIA_TF32_OVERRIDE=1");
    assertThat(RecordedVariables.of(environment).with(Effect.CPU_ARITHMETIC))
        .hasToString("EMULATED_CUDA_WRONG_BIT=, MKL_CBWR=1, OPENBLAS_CORETYPE=1");
  }

  @Test
  void nothingElseIsRecorded() {
    Map<String, String> environment =
        Map.of("HOME", "/home/me", "CUDA_HOME", "/x", "AWS_SECRET", "s", "PATH", "/bin", "OMP", "");
    assertThat(RecordedVariables.of(environment).isEmpty()).isTrue();
  }
}
