/** Any program as a backend, behind the protocol that docs/programs.md specifies. */
@NullMarked
package dev.lockstep.bench.external;

import org.jspecify.annotations.NullMarked;
