/** The command line and its commands. */
@NullMarked
package dev.lockstep.bench;

import org.jspecify.annotations.NullMarked;
