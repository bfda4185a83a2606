/**
 * What can be said of times that were measured in several JVMs: intervals, ratios, verdicts.
 *
 * <p>Mathematics on samples only; it knows no files, no command line and no harness. All sums and
 * differences are of logarithms, so that what is said of a ratio is said of its inverse too.
 */
@NullMarked
package dev.lockstep.bench.statistics;

import org.jspecify.annotations.NullMarked;
