/** What CI servers want: known findings that do not fail again, annotations, job summaries. */
@NullMarked
package dev.lockstep.bench.ci;

import org.jspecify.annotations.NullMarked;
