package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.CacheState;
import dev.lockstep.backend.DelegatingBackend;
import dev.lockstep.backend.Elementwise;
import dev.lockstep.backend.ElementwiseOperation;
import dev.lockstep.backend.Multiplier;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.bench.cells.FaultyBackend;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.Workload;
import java.util.List;

/**
 * A backend of which everything is right but one last bit: of the last element of a product or an
 * elementwise operation, from some verification on, and of a weight in the second step.
 *
 * @param sound what it does otherwise
 * @param soundReadings how often results are read before they are wrong
 */
record WrongBit(Backend sound, int soundReadings)
    implements DelegatingBackend, Multiplier, Elementwise {

  @Override
  public String name() {
    return "wrong-bit";
  }

  @Override
  public Trainer open(Workload workload, Resources resources) {
    return new FaultyBackend(sound, 2).open(workload, resources);
  }

  @Override
  public Multiplication multiplication(ProductForm form, Matrix a, Matrix b, Resources resources) {
    int lastRow = (form == ProductForm.ATB ? a.columns() : a.rows()) - 1;
    int lastColumn = (form == ProductForm.ABT ? b.rows() : b.columns()) - 1;
    Multiplication inner = ((Multiplier) sound).multiplication(form, a, b, resources);
    return new Multiplication() {
      private int readings;

      @Override
      public void run() {
        inner.run();
      }

      @Override
      public void clear() {
        inner.clear();
      }

      @Override
      public float at(int row, int column) {
        float value = inner.at(row, column);
        boolean last = row == lastRow && column == lastColumn;
        return last && readings++ >= soundReadings ? Math.nextUp(value) : value;
      }

      @Override
      public void close() {
        inner.close();
      }
    };
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
        // A verification looks at what was timed and, then, at what it computes.
        if (++readings > 2 * soundReadings) {
          float[] data = results.getLast().data();
          data[data.length - 1] = Math.nextUp(data[data.length - 1]);
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
