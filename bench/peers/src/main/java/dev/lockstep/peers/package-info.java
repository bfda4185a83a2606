/**
 * Third-party BLAS libraries as backends, for comparison on the same data with the same oracles.
 * Libraries are loaded on first use. Time each in a process of its own, because their spinning
 * threads disturb each other.
 */
@NullMarked
package dev.lockstep.peers;

import org.jspecify.annotations.NullMarked;
