/** External programs as backends, by the protocol that docs/programs.md specifies. */
@NullMarked
package dev.lockstep.bench.external;

import org.jspecify.annotations.NullMarked;
