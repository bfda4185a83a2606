/** The contract of a backend: what it is called, whether it can run here, how it trains. */
@NullMarked
package dev.lockstep.backend;

import org.jspecify.annotations.NullMarked;
