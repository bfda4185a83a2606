/**
 * {@code lockstep suite}: runs every part that this machine can run within a time budget, and saves
 * results as it goes.
 */
@NullMarked
package dev.lockstep.bench.suite;

import org.jspecify.annotations.NullMarked;
