/**
 * Asks the operating system about this machine and its shared libraries. No other package reads
 * {@code /proc} or {@code /sys} or calls the system's loader.
 */
@NullMarked
package dev.lockstep.machine;

import org.jspecify.annotations.NullMarked;
