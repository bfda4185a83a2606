/** Everything this machine can show within a budget of time, kept in a folder as it goes. */
@NullMarked
package dev.lockstep.bench.suite;

import org.jspecify.annotations.NullMarked;
