/** Labelled examples: the embedded digits, IDX files, a synthetic teacher. */
@NullMarked
package dev.lockstep.data;

import org.jspecify.annotations.NullMarked;
