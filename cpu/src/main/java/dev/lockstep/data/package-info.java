/**
 * Labelled examples: embedded digits, IDX files, CSV tables, NumPy archives, a synthetic teacher.
 */
@NullMarked
package dev.lockstep.data;

import org.jspecify.annotations.NullMarked;
