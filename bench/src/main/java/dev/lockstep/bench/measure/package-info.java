/**
 * {@code lockstep bench}: plans the cases and measures them in fresh JVMs, in random order, until
 * each reaches the target precision.
 */
@NullMarked
package dev.lockstep.bench.measure;

import org.jspecify.annotations.NullMarked;
