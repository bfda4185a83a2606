package dev.lockstep.peers;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Timed;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.backend.Work;
import dev.lockstep.cpu.NativeProducts;
import dev.lockstep.cpu.NativeTraining;
import dev.lockstep.model.Network;
import dev.lockstep.scenario.MemoryNeed;
import dev.lockstep.scenario.Workload;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Products by a BLAS in native memory; all other operations are canonical. */
abstract class BlasBackend implements Backend {

  /** The libraries that this process has loaded, by path. */
  private static final Map<String, Blas> LOADED = new ConcurrentHashMap<>();

  private final String name;
  private final String path;
  private final Natives.Binding<Blas> binding;

  /**
   * @param path the library's file, see {@link Natives#bind}
   */
  BlasBackend(String name, String path, Natives.Binding<Blas> binding) {
    this.name = name;
    this.path = path;
    this.binding = binding;
  }

  /**
   * The library, loaded on the first call.
   *
   * @throws UnavailableException if it cannot be loaded
   */
  private Blas library() {
    return LOADED.computeIfAbsent(path, file -> Natives.bind(file, binding));
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final Kind kind() {
    return Kind.LIBRARY;
  }

  @Override
  public final MemoryNeed trainerHeap(Network network, int batch, int evaluatedRows) {
    return MemoryNeed.ofEvaluation(network, evaluatedRows, Float.BYTES);
  }

  /** Loads the library to report its version and its kernels. */
  @Override
  public final Availability availability(Resources resources) {
    Availability canonical = NativeTraining.availability(resources);
    if (!(canonical instanceof Availability.Available)) {
      return canonical;
    }
    try {
      products(resources);
      return new Availability.Available(
          String.format(Locale.ROOT, "%s, threads: %d", library().version(), library().threads()));
    } catch (UnavailableException e) {
      return e.availability();
    }
  }

  private NativeProducts products(Resources resources) {
    return library().products(resources.threads());
  }

  @Override
  public final Trainer open(Workload workload, Resources resources) {
    NativeTraining.availability(resources).require();
    return NativeTraining.trainer(products(resources), workload, resources);
  }

  @Override
  public final Operations operations(Resources resources) {
    NativeTraining.availability(resources).require();
    return NativeTraining.operations(products(resources), resources);
  }

  @Override
  public final boolean times(Class<? extends Work.OnTensors> work) {
    return work == Work.Product.class;
  }

  @Override
  public final Timed.Tensors timed(Work.OnTensors work, Resources resources) {
    NativeTraining.availability(resources).require();
    return NativeTraining.timed(products(resources), work);
  }
}
