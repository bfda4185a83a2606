/** Classes of equal units, their divergence, and the recorded trajectory of a run. */
@NullMarked
package dev.lockstep.symmetry;

import org.jspecify.annotations.NullMarked;
