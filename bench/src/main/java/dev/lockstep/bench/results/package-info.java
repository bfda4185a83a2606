/**
 * The folder a benchmark run leaves behind, {@code results/<machine>/<run>/}: written a fork at a
 * time, read back whole or refused.
 */
@NullMarked
package dev.lockstep.bench.results;

import org.jspecify.annotations.NullMarked;
