/**
 * {@code lockstep map}: unit classes over widths and batches, to show where a backend's products
 * break lockstep.
 */
@NullMarked
package dev.lockstep.bench.map;

import org.jspecify.annotations.NullMarked;
