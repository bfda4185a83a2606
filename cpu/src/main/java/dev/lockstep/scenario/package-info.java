/** Everything that fixes a run, as a file and as flags. */
@NullMarked
package dev.lockstep.scenario;

import org.jspecify.annotations.NullMarked;
