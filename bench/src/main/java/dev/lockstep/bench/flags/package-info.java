/** Flags that several commands have, and the values of flags. */
@NullMarked
package dev.lockstep.bench.flags;

import org.jspecify.annotations.NullMarked;
