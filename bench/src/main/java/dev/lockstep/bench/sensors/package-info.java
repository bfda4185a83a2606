/**
 * Clocks, power, temperature and energy of the machine: the GPU's from NVIDIA's management library,
 * the CPU's from Linux. A sensor that cannot be read gives the reason instead.
 */
@NullMarked
package dev.lockstep.bench.sensors;

import org.jspecify.annotations.NullMarked;
