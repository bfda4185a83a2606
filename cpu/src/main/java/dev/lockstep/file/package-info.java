/** Files: written whole or not at all, and NumPy's and safetensors' formats, read within bounds. */
@NullMarked
package dev.lockstep.file;

import org.jspecify.annotations.NullMarked;
