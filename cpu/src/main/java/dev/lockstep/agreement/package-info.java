/**
 * What it means that two backends agree: exact bits, a-priori bounds, and where they first differ.
 */
@NullMarked
package dev.lockstep.agreement;

import org.jspecify.annotations.NullMarked;
