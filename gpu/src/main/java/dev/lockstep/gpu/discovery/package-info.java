/**
 * Finds a machine's CUDA driver, devices and cuBLAS, and loads JCuda's native code for them. No
 * class of JCuda is touched before that: JCuda would unpack the native code into the folder for
 * temporary files, or use a file that already lies there under that name.
 */
@NullMarked
package dev.lockstep.gpu.discovery;

import org.jspecify.annotations.NullMarked;
