/** Unit classes over widths and batches: where a backend's products break lockstep. */
@NullMarked
package dev.lockstep.bench.map;

import org.jspecify.annotations.NullMarked;
