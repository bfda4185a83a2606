/** Counter-based random numbers, drawn on the host and reproducible from their seed. */
@NullMarked
package dev.lockstep.random;

import org.jspecify.annotations.NullMarked;
