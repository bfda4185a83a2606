/** The CPU backends: scalar and double, the oracles, and vector, the fast one. */
@NullMarked
package dev.lockstep.cpu;

import org.jspecify.annotations.NullMarked;
