/** What a command finds: backends and whether they can run, the machine, this build. */
@NullMarked
package dev.lockstep.bench.surroundings;

import org.jspecify.annotations.NullMarked;
