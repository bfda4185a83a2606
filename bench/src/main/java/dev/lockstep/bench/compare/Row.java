package dev.lockstep.bench.compare;

import dev.lockstep.bench.results.Case;
import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.statistics.Family.Judgement;

/**
 * One comparison.
 *
 * @param of what both sides did
 * @param a time of A, in nanoseconds a call
 * @param b time of B
 * @param ratio of B's time to A's
 * @param judgement among all rows
 */
record Row(Case of, Estimate a, Estimate b, Estimate ratio, Judgement judgement) {}
