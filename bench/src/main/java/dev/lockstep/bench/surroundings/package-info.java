/** The environment of a command: available backends, the machine, this build. */
@NullMarked
package dev.lockstep.bench.surroundings;

import org.jspecify.annotations.NullMarked;
