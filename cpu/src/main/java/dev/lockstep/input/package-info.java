/**
 * Faults in what a user gave and how they are reported: exceptions, labels, suggestions, and text
 * that is safe to print.
 */
@NullMarked
package dev.lockstep.input;

import org.jspecify.annotations.NullMarked;
