package dev.lockstep.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.lockstep.machine.LoadException;
import dev.lockstep.machine.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Products by OpenBLAS, built with POSIX threads of its own. */
public final class OpenblasBackend extends BlasBackend {
  private static @Nullable Openblas loaded;

  @Override
  public String name() {
    return "openblas";
  }

  @Override
  Blas library() {
    synchronized (OpenblasBackend.class) {
      Openblas known = loaded;
      if (known == null) {
        known = Natives.bind("org/bytedeco/openblas/linux-x86_64/libopenblas.so.0", Openblas::new);
        loaded = known;
      }
      return known;
    }
  }

  private static final class Openblas extends Blas {
    private final MethodHandle setNumThreads;
    private final MethodHandle getNumThreads;
    private final MethodHandle getConfig;
    private final MethodHandle getCorename;

    Openblas(NativeLibrary library) throws LoadException {
      super("OpenBLAS", library);
      setNumThreads =
          library.function("openblas_set_num_threads", FunctionDescriptor.ofVoid(JAVA_INT));
      getNumThreads = library.function("openblas_get_num_threads", FunctionDescriptor.of(JAVA_INT));
      getConfig = library.function("openblas_get_config", FunctionDescriptor.of(ADDRESS));
      getCorename = library.function("openblas_get_corename", FunctionDescriptor.of(ADDRESS));
    }

    @Override
    void setThreads(int threads) {
      NativeLibrary.invoke(setNumThreads, threads);
    }

    @Override
    int threads() {
      return (int) NativeLibrary.invoke(getNumThreads);
    }

    /** Such as {@code OpenBLAS 0.3.31, kernels for SkylakeX}. */
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
