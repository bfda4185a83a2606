package dev.lockstep.backend;

import dev.lockstep.scenario.Workload;

/**
 * An implementation of the training step, known by one exact name.
 *
 * <p>To add one: a public class with a public constructor without arguments, its name in {@code
 * META-INF/services/dev.lockstep.backend.Backend}, and a subclass of the contract suite in the
 * tests. Looking at {@link #name}, {@link #kind} and {@link #availability} must be cheap and must
 * not fail.
 */
public interface Backend {

  /** The exact name, lower case. */
  String name();

  /** What may be expected of its bits. */
  Kind kind();

  /** Whether it can run here. */
  Availability availability();

  /**
   * A trainer at step 0 with the workload's initial parameters.
   *
   * @throws IllegalStateException if it is not available
   */
  Trainer open(Workload workload, Resources resources);

  /**
   * The single operations a step is made of.
   *
   * @throws IllegalStateException if it is not available
   */
  Operations operations(Resources resources);
}
