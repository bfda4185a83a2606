/**
 * Timings of whole steps, single products and transfers, each of what was verified before and is
 * verified after: what fails that has no number.
 */
@NullMarked
package dev.lockstep.bench.timing;

import org.jspecify.annotations.NullMarked;
