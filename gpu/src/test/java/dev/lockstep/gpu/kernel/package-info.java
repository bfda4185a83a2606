/** The kernels' PTX: its text, its sources, and what a compiler makes of it. */
@NullMarked
package dev.lockstep.gpu.kernel;

import org.jspecify.annotations.NullMarked;
