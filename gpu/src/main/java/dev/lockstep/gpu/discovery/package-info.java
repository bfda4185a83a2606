/**
 * Finds what of CUDA a machine has and loads it. No class of JCuda is touched before its native
 * code is in place: JCuda would unpack it into the folder of temporary files, and use whatever
 * already lies there under that name.
 */
@NullMarked
package dev.lockstep.gpu.discovery;

import org.jspecify.annotations.NullMarked;
