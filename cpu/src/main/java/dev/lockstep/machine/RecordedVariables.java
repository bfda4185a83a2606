package dev.lockstep.machine;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The environment variables that change a library's arithmetic, or how long it takes. Every report
 * names those that are set, from this one list; no others are recorded, for privacy.
 *
 * @param values the values by name, in the order of the names
 */
public record RecordedVariables(Map<String, String> values) {

  /** What a variable changes. */
  public enum Effect {
    /** The results of a library on a GPU. */
    GPU_ARITHMETIC,
    /** The results of a library on the CPU, or of the emulated device. */
    CPU_ARITHMETIC,
    /** Times, and which device or library is used. */
    TIME
  }

  /**
   * A variable, or all whose names begin alike.
   *
   * @param name the name; a star at its end stands for any end
   */
  private record Rule(String name, Effect effect) {
    boolean fits(String variable) {
      return name.endsWith("*")
          ? variable.startsWith(name.substring(0, name.length() - 1))
          : variable.equals(name);
    }
  }

  /** The first rule that fits holds. */
  private static final List<Rule> RULES =
      List.of(
          new Rule("NVIDIA_TF32_OVERRIDE", Effect.GPU_ARITHMETIC),
          new Rule("CUBLAS_EMUL*", Effect.GPU_ARITHMETIC),
          new Rule("CUBLAS_FIXEDPOINT*", Effect.GPU_ARITHMETIC),
          new Rule("CUBLAS_WORKSPACE_CONFIG", Effect.TIME),
          new Rule("CUBLAS*", Effect.TIME), // CUBLASLT_*, logging
          new Rule("TORCH_ALLOW_TF32_CUBLAS_OVERRIDE", Effect.GPU_ARITHMETIC),
          new Rule("XLA_FLAGS", Effect.GPU_ARITHMETIC),
          new Rule("EMULATED_CU*", Effect.CPU_ARITHMETIC),
          new Rule("OPENBLAS_CORETYPE", Effect.CPU_ARITHMETIC),
          new Rule("OPENBLAS_*", Effect.TIME),
          new Rule("MKL_CBWR", Effect.CPU_ARITHMETIC),
          new Rule("MKL_ENABLE_INSTRUCTIONS", Effect.CPU_ARITHMETIC),
          new Rule("MKL_DEBUG_CPU_TYPE", Effect.CPU_ARITHMETIC),
          new Rule("MKL_*", Effect.TIME),
          new Rule("ONEDNN_*", Effect.CPU_ARITHMETIC),
          new Rule("DNNL_*", Effect.CPU_ARITHMETIC),
          new Rule("TF_ENABLE_ONEDNN_OPTS", Effect.CPU_ARITHMETIC),
          new Rule("ATEN_CPU_CAPABILITY", Effect.CPU_ARITHMETIC),
          new Rule("NPY_*", Effect.CPU_ARITHMETIC),
          new Rule("BLIS_*", Effect.TIME),
          new Rule("GOTO_NUM_THREADS", Effect.TIME),
          new Rule("OMP_*", Effect.TIME),
          new Rule("KMP_*", Effect.TIME),
          new Rule("GOMP_*", Effect.TIME),
          new Rule("CUDA_VISIBLE_DEVICES", Effect.TIME),
          new Rule("CUDA_DEVICE_*", Effect.TIME), // _ORDER, _MAX_CONNECTIONS, ...
          new Rule("CUDA_LAUNCH_BLOCKING", Effect.TIME),
          new Rule("CUDA_SCALE_LAUNCH_QUEUES", Effect.TIME),
          new Rule("CUDA_MODULE_*", Effect.TIME), // _LOADING, _DATA_LOADING
          new Rule("CUDA_BINARY_LOADER_THREAD_COUNT", Effect.TIME),
          new Rule("CUDA_CACHE_*", Effect.TIME),
          new Rule("CUDA_FORCE_*", Effect.TIME), // _PTX_JIT, _JIT, _PRELOAD_LIBRARIES
          new Rule("CUDA_DISABLE_*", Effect.TIME), // _PTX_JIT, _JIT
          new Rule("CUDA_AUTO_BOOST", Effect.TIME),
          new Rule("CUDA_MPS_*", Effect.TIME),
          new Rule("CUDA_INJECTION*", Effect.TIME),
          new Rule("CUDA_ENABLE_*", Effect.TIME), // dumps on exceptions
          new Rule("NVIDIA_VISIBLE_DEVICES", Effect.TIME),
          new Rule("NVIDIA_DRIVER_CAPABILITIES", Effect.TIME),
          new Rule("GLIBC_TUNABLES", Effect.TIME),
          new Rule("LOCKSTEP_JAVA_OPTS", Effect.TIME),
          new Rule("JAVA_TOOL_OPTIONS", Effect.TIME),
          new Rule("JDK_JAVA_OPTIONS", Effect.TIME),
          new Rule("_JAVA_OPTIONS", Effect.TIME));

  private static final RecordedVariables OF_THIS_PROCESS = of(System.getenv());

  public RecordedVariables {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  /** Those of this process. */
  public static RecordedVariables ofThisProcess() {
    return OF_THIS_PROCESS;
  }

  /** Those of an environment. */
  public static RecordedVariables of(Map<String, String> environment) {
    Map<String, String> set = new TreeMap<>();
    environment.forEach(
        (name, value) -> {
          if (RULES.stream().anyMatch(rule -> rule.fits(name))) {
            set.put(name, value);
          }
        });
    return new RecordedVariables(set);
  }

  /** Those that change results of a kind. */
  public RecordedVariables with(Effect effect) {
    Map<String, String> some = new TreeMap<>();
    values.forEach(
        (name, value) -> {
          if (effect(name) == effect) {
            some.put(name, value);
          }
        });
    return new RecordedVariables(some);
  }

  /** Those that change the results of a library. */
  public RecordedVariables ofArithmetic() {
    Map<String, String> some = new TreeMap<>(values);
    some.keySet().removeIf(name -> effect(name) == Effect.TIME);
    return new RecordedVariables(some);
  }

  private static Effect effect(String name) {
    return RULES.stream().filter(rule -> rule.fits(name)).findFirst().orElseThrow().effect();
  }

  /** Whether none is set. */
  public boolean isEmpty() {
    return values.isEmpty();
  }

  /** Each as {@code NAME=value}, separated by commas. */
  @Override
  public String toString() {
    return String.join(
        ", ", values.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
  }
}
