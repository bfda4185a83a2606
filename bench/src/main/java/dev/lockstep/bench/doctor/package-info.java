/** {@code lockstep doctor}: this machine, and which backends can run on it. */
@NullMarked
package dev.lockstep.bench.doctor;

import org.jspecify.annotations.NullMarked;
