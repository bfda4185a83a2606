/** The CPU backends: the references scalar and double, and vector, the fast one. */
@NullMarked
package dev.lockstep.cpu;

import org.jspecify.annotations.NullMarked;
