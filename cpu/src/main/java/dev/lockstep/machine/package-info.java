/**
 * What the operating system says about this machine and its shared libraries; the only room that
 * reads {@code /proc} and {@code /sys} and that calls the system's loader.
 */
@NullMarked
package dev.lockstep.machine;

import org.jspecify.annotations.NullMarked;
