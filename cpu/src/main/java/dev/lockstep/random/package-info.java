/** Counter-based random numbers, made on the host and written down by their seed. */
@NullMarked
package dev.lockstep.random;

import org.jspecify.annotations.NullMarked;
