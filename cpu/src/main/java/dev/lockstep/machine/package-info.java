/**
 * What Linux says about this machine; the only room that reads it from {@code /proc} and {@code
 * /sys}.
 */
@NullMarked
package dev.lockstep.machine;

import org.jspecify.annotations.NullMarked;
