/**
 * Inference from times measured in several JVMs: intervals, ratios, verdicts.
 *
 * <p>This package contains mathematics on samples only; it knows no files, no command line and no
 * harness. It adds and subtracts logarithms, so that a ratio and its inverse get the same verdict.
 */
@NullMarked
package dev.lockstep.bench.statistics;

import org.jspecify.annotations.NullMarked;
