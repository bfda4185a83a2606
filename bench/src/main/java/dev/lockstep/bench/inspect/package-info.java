/** Whether the units of a network that any program trained are still equal. */
@NullMarked
package dev.lockstep.bench.inspect;

import org.jspecify.annotations.NullMarked;
