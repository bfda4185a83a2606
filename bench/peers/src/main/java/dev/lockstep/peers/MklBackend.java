package dev.lockstep.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.lockstep.machine.LoadException;
import dev.lockstep.machine.NativeLibrary;
import dev.lockstep.program.ProductForm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Products by Intel oneMKL, on the threads of Intel's OpenMP. */
public final class MklBackend extends BlasBackend {
  /** The files that this process has mapped. */
  private static final Path MAPS = Path.of("/proc/self/maps");

  private static @Nullable Mkl loaded;

  @Override
  public String name() {
    return "mkl";
  }

  @Override
  Blas library() {
    synchronized (MklBackend.class) {
      Mkl known = loaded;
      if (known == null) {
        known = Natives.bind("org/bytedeco/mkl/linux-x86_64/libmkl_rt.so.2", Mkl::new);
        loaded = known;
      }
      return known;
    }
  }

  private static final class Mkl extends Blas {
    private static final Pattern VERSION = Pattern.compile("Version ([0-9.]+)");
    private static final Pattern KERNELS = Pattern.compile("(libmkl_(?:def|mc3|avx2|avx512))\\.so");
    private static final int TEXT_BYTES = 256;

    /** MKL_THREADING_INTEL of mkl_service.h. */
    private static final int INTEL_THREADS = 0;

    private final MethodHandle setNumThreads;
    private final MethodHandle getMaxThreads;
    private final MethodHandle getVersionString;

    Mkl(NativeLibrary library) throws LoadException {
      super("oneMKL", library);
      setNumThreads = library.function("MKL_Set_Num_Threads", FunctionDescriptor.ofVoid(JAVA_INT));
      getMaxThreads = library.function("MKL_Get_Max_Threads", FunctionDescriptor.of(JAVA_INT));
      getVersionString =
          library.function("MKL_Get_Version_String", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT));
      // Left alone it takes GNU's where another library has loaded that one, and ends the process
      // because its own half of it is not among what is unpacked.
      library.call(
          "MKL_Set_Threading_Layer", FunctionDescriptor.of(JAVA_INT, JAVA_INT), INTEL_THREADS);
      // Else it may use fewer threads than it was asked for.
      library.call("MKL_Set_Dynamic", FunctionDescriptor.ofVoid(JAVA_INT), 0);
    }

    @Override
    void setThreads(int threads) {
      NativeLibrary.invoke(setNumThreads, threads);
    }

    @Override
    int threads() {
      return (int) NativeLibrary.invoke(getMaxThreads);
    }

    /** Such as {@code oneMKL 2025.3, kernels of libmkl_avx512}. */
    @Override
    String version() {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment text = arena.allocate(TEXT_BYTES);
        NativeLibrary.invoke(getVersionString, text, TEXT_BYTES);
        String sentence = text.getString(0);
        String number =
            VERSION.matcher(sentence).results().map(m -> m.group(1)).findFirst().orElse(sentence);
        return String.format(Locale.ROOT, "oneMKL %s, kernels of %s", number, kernels(arena));
      }
    }

    /**
     * It does not tell, but loads a library of kernels for the processor with its first product.
     */
    private String kernels(Arena arena) {
      MemorySegment one = arena.allocate(JAVA_FLOAT);
      multiply(ProductForm.AB, 1, 1, 1, one, one, arena.allocate(JAVA_FLOAT));
      try (Stream<String> lines = Files.lines(MAPS)) {
        List<String> found =
            lines
                .flatMap(line -> KERNELS.matcher(line).results())
                .map((MatchResult match) -> match.group(1))
                .distinct()
                .toList();
        return found.isEmpty()
            ? "no library of its own"
            : found.stream().collect(Collectors.joining(" and "));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
