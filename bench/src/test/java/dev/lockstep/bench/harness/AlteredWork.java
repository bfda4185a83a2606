package dev.lockstep.bench.harness;

import dev.lockstep.backend.Timed;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Region;
import dev.lockstep.program.Tensor;
import java.util.HashMap;
import java.util.Map;

/** Sound work of which results are altered when they are read. */
final class AlteredWork implements Timed.Tensors {
  private final Timed.Tensors sound;
  private final Alteration alteration;
  private final Map<Tensor, Integer> readings = new HashMap<>();

  /** What becomes of a result. */
  @FunctionalInterface
  interface Alteration {
    /**
     * Changes a piece.
     *
     * @param reading how often the last element of the tensor was read before
     */
    void of(int reading, FloatMatrix part);
  }

  AlteredWork(Timed.Tensors sound, Alteration alteration) {
    this.sound = sound;
    this.alteration = alteration;
  }

  @Override
  public int sets() {
    return sound.sets();
  }

  @Override
  public void load(Map<Tensor, ? extends Matrix> operands) {
    sound.load(operands);
  }

  @Override
  public Times run(int calls) {
    return sound.run(calls);
  }

  @Override
  public FloatMatrix part(int set, Tensor result, Region region) {
    FloatMatrix part = sound.part(set, result, region);
    boolean last =
        region.row() + region.rows() == result.rows().size()
            && region.column() + region.columns() == result.columns().size();
    if (last) {
      alteration.of(readings.merge(result, 1, Integer::sum) - 1, part);
    }
    return part;
  }

  @Override
  public void close() {
    sound.close();
  }
}
