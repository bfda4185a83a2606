/**
 * Libraries of others as backends: contenders on the same data, held to the same oracles. Each is
 * to be timed in a process of its own, since threads that spin disturb each other; nothing is
 * loaded before it is asked for.
 */
@NullMarked
package dev.lockstep.peers;

import org.jspecify.annotations.NullMarked;
