/** The contract of a backend: its name, its availability, its operations and its trainer. */
@NullMarked
package dev.lockstep.backend;

import org.jspecify.annotations.NullMarked;
