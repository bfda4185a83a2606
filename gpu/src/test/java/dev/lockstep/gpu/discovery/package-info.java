@NullMarked
package dev.lockstep.gpu.discovery;

import org.jspecify.annotations.NullMarked;
