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
import java.util.stream.Stream;

/** Products by Intel oneMKL, on the threads of Intel's OpenMP. */
public final class MklBackend extends BlasBackend {
  /** The files mapped by this process. */
  private static final Path MAPS = Path.of("/proc/self/maps");

  /** For the service loader. */
  public MklBackend() {
    super("mkl", "org/bytedeco/mkl/linux-x86_64/libmkl_rt.so.2", Mkl::new);
  }

  private static final class Mkl extends Blas {
    private static final Pattern VERSION = Pattern.compile("Version ([0-9.]+)");
    private static final Pattern KERNELS = Pattern.compile("(libmkl_(?:def|mc3|avx2|avx512))\\.so");
    private static final int TEXT_BYTES = 256;

    /** MKL_THREADING_INTEL of mkl_service.h. */
    private static final int INTEL_THREADS = 0;

    private final MethodHandle getVersionString;

    Mkl(NativeLibrary library) throws LoadException {
      super("oneMKL", library, "MKL_Set_Num_Threads", "MKL_Get_Max_Threads");
      getVersionString =
          library.function("MKL_Get_Version_String", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT));
      // By default oneMKL chooses GNU's OpenMP if another library has loaded it. It then ends the
      // process, because its own part for GNU's OpenMP is not unpacked.
      library.call("MKL_Set_Threading_Layer", INTEL_THREADS);
      // Otherwise oneMKL may use fewer threads than requested.
      NativeLibrary.invoke(
          library.function("MKL_Set_Dynamic", FunctionDescriptor.ofVoid(JAVA_INT)), 0);
    }

    /** {@code oneMKL 2025.3, kernels of libmkl_avx512}. */
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
     * The library of kernels for this processor, which oneMKL loads with its first product but does
     * not report.
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
        return found.isEmpty() ? "no library of its own" : String.join(" and ", found);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
