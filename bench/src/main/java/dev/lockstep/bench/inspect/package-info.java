/** {@code lockstep inspect}: finds equal units in weights trained by any program. */
@NullMarked
package dev.lockstep.bench.inspect;

import org.jspecify.annotations.NullMarked;
