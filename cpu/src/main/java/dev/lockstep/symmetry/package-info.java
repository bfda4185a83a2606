/** Unit classes, divergence, and the trajectory a run leaves behind. */
@NullMarked
package dev.lockstep.symmetry;

import org.jspecify.annotations.NullMarked;
