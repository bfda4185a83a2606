/**
 * What the machine says of its clocks, power, temperature and energy: of the GPU through NVIDIA's
 * management library, of the CPU through Linux. What cannot be read is said, with the reason.
 */
@NullMarked
package dev.lockstep.bench.sensors;

import org.jspecify.annotations.NullMarked;
