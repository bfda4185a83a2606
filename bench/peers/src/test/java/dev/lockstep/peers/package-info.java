@NullMarked
package dev.lockstep.peers;

import org.jspecify.annotations.NullMarked;
