/** {@code lockstep study}: tests textbook claims about symmetry and initialisation on backends. */
@NullMarked
package dev.lockstep.bench.study;

import org.jspecify.annotations.NullMarked;
