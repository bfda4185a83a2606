/** Writes files whole or not at all, and reads NumPy's and safetensors' formats within bounds. */
@NullMarked
package dev.lockstep.file;

import org.jspecify.annotations.NullMarked;
