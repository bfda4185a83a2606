package dev.lockstep.peers;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Multiplier;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.ProductForm;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.model.Matrix;
import dev.lockstep.model.Network;
import dev.lockstep.scenario.MemoryNeed;
import dev.lockstep.scenario.Workload;
import java.util.Locale;

/** The whole step by libtorch on the CPU, which PyTorch is made of. */
public final class LibtorchBackend implements Backend, Multiplier {

  @Override
  public String name() {
    return "libtorch";
  }

  @Override
  public Kind kind() {
    return Kind.LIBRARY_STEP;
  }

  @Override
  public MemoryNeed trainerHeap(Network network, int batch, int evaluatedRows) {
    return MemoryNeed.ofEvaluation(network, evaluatedRows, Float.BYTES);
  }

  /** Loads the library, to say its version. */
  @Override
  public Availability availability(Resources resources) {
    try {
      Torch torch = Torch.load();
      torch.useThreads(resources.threads());
      return new Availability.Available(
          String.format(
              Locale.ROOT,
              "%s, threads: %d, between operators: 1",
              torch.version(),
              torch.threads()));
    } catch (UnavailableException e) {
      return e.availability();
    }
  }

  @Override
  public Trainer open(Workload workload, Resources resources) {
    return new LibtorchTrainer(Torch.load(), workload, resources.threads());
  }

  @Override
  public Operations operations(Resources resources) {
    return new LibtorchOperations(Torch.load(), resources.threads());
  }

  @Override
  public Multiplication multiplication(ProductForm form, Matrix a, Matrix b, Resources resources) {
    return new LibtorchMultiplication(Torch.load(), resources.threads(), form, a, b);
  }
}
