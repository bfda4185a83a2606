/** {@code lockstep train}: one scenario on one backend, with checkpoints. */
@NullMarked
package dev.lockstep.bench.train;

import org.jspecify.annotations.NullMarked;
