package dev.lockstep.cpu;

import dev.lockstep.model.Axis;
import dev.lockstep.model.UnitNoise;
import dev.lockstep.program.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** The values that change from step to step. Calls read them here, so they are bound only once. */
final class StepInputs {
  /** The numbers of the updates. */
  final StepNumbers numbers = new StepNumbers();

  /** The rows of the data in this step's batch. */
  final int[] rowNumbers;

  /** Whether a loss has not been finite: the stop flag. */
  boolean stopped;

  /** The mean loss of the last step. */
  double loss;

  private final Map<Tensor, float[]> noise = new LinkedHashMap<>();

  StepInputs(int rows) {
    rowNumbers = new int[rows];
  }

  /** Returns the array of noise that is added to the biases of a layer. */
  float[] noise(Tensor tensor) {
    return noise.computeIfAbsent(tensor, t -> new float[t.size()]);
  }

  /** Sets the noise of a layer, or a part of it. */
  void give(Tensor tensor, float[] added) {
    noise.put(tensor, added);
  }

  /** Draws the noise of a step for each layer that has noise. */
  void draw(UnitNoise drawn, long step) {
    for (Map.Entry<Tensor, float[]> of : noise.entrySet()) {
      if (!(of.getKey().columns() instanceof Axis.Units(int layer, _))) {
        throw new IllegalStateException(of.getKey() + " is for no units");
      }
      drawn.draw(step, layer, of.getValue());
    }
  }
}
