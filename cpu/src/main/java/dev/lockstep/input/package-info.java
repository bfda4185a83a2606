/**
 * What is wrong with what was given, and how it is said: labels, suggestions, text that is safe to
 * print.
 */
@NullMarked
package dev.lockstep.input;

import org.jspecify.annotations.NullMarked;
