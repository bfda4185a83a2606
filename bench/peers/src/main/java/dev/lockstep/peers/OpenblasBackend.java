package dev.lockstep.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.lockstep.machine.LoadException;
import dev.lockstep.machine.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/** Products by OpenBLAS, built with its own POSIX threads. */
public final class OpenblasBackend extends BlasBackend {

  /** For the service loader. */
  public OpenblasBackend() {
    super("openblas", "org/bytedeco/openblas/linux-x86_64/libopenblas.so.0", Openblas::new);
  }

  private static final class Openblas extends Blas {
    private final MethodHandle getConfig;
    private final MethodHandle getCorename;

    Openblas(NativeLibrary library) throws LoadException {
      super("OpenBLAS", library, "openblas_set_num_threads", "openblas_get_num_threads");
      getConfig = library.function("openblas_get_config", FunctionDescriptor.of(ADDRESS));
      getCorename = library.function("openblas_get_corename", FunctionDescriptor.of(ADDRESS));
    }

    /** {@code OpenBLAS 0.3.31, kernels for SkylakeX}. */
    @Override
    String version() {
      String config = text((MemorySegment) NativeLibrary.invoke(getConfig));
      String core = text((MemorySegment) NativeLibrary.invoke(getCorename));
      String[] words = config.split(" ", -1); // OpenBLAS, version, then how it was built
      return String.format(Locale.ROOT, "%s %s, kernels for %s", words[0], words[1], core);
    }

    private static String text(MemorySegment pointer) {
      return pointer.reinterpret(Long.MAX_VALUE).getString(0);
    }
  }
}
