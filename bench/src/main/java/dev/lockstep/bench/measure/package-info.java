/**
 * {@code lockstep bench}: which cases there are, and the forks that measure them, one after the
 * other in random order, until each is known well enough.
 */
@NullMarked
package dev.lockstep.bench.measure;

import org.jspecify.annotations.NullMarked;
