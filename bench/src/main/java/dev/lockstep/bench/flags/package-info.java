/** Flags shared by several commands, and converters for the values of flags. */
@NullMarked
package dev.lockstep.bench.flags;

import org.jspecify.annotations.NullMarked;
