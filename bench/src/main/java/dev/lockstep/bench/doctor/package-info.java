/** What this machine has, and what follows from it for each backend. */
@NullMarked
package dev.lockstep.bench.doctor;

import org.jspecify.annotations.NullMarked;
