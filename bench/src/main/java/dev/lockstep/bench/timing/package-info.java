/**
 * Timings of whole steps, single operations, products and copies. The timed objects are verified
 * before and after; work that fails gets no time.
 */
@NullMarked
package dev.lockstep.bench.timing;

import org.jspecify.annotations.NullMarked;
