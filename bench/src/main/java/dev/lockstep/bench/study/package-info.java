/** The textbook's claims about symmetry and initialisation, put to the backends. */
@NullMarked
package dev.lockstep.bench.study;

import org.jspecify.annotations.NullMarked;
