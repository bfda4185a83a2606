package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.CacheState;
import dev.lockstep.backend.DelegatingBackend;
import dev.lockstep.backend.Elementwise;
import dev.lockstep.backend.ElementwiseOperation;
import dev.lockstep.backend.Resources;
import dev.lockstep.matrix.FloatMatrix;
import java.util.List;

/**
 * A backend whose elementwise operations are sound, but leave a subnormal number when they are
 * timed.
 *
 * @param sound what computes
 * @param soundVerifications before that
 */
record Drifting(Backend sound, int soundVerifications) implements DelegatingBackend, Elementwise {

  @Override
  public String name() {
    return "drifting";
  }

  @Override
  public Kernel elementwise(ElementwiseOperation operation, CacheState cache, Resources resources) {
    Kernel inner = ((Elementwise) sound).elementwise(operation, cache, resources);
    return new Kernel() {
      private int readings;

      @Override
      public int sets() {
        return inner.sets();
      }

      @Override
      public void load(ElementwiseOperation from) {
        inner.load(from);
      }

      @Override
      public void run() {
        inner.run();
      }

      @Override
      public List<FloatMatrix> results(int set) {
        List<FloatMatrix> results = inner.results(set);
        // The first reading of a verification is of what was timed.
        if (readings++ == 2 * soundVerifications) {
          results.getFirst().data()[0] = Float.MIN_VALUE;
        }
        return results;
      }

      @Override
      public void close() {
        inner.close();
      }
    };
  }
}
