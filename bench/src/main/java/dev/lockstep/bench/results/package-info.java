/**
 * The folder of a benchmark run, {@code results/<machine>/<run>/}: written one fork at a time, read
 * as a whole or refused.
 */
@NullMarked
package dev.lockstep.bench.results;

import org.jspecify.annotations.NullMarked;
