/**
 * What can be measured: the harnesses, their axes, and a case, which is a harness with one value of
 * each axis.
 */
@NullMarked
package dev.lockstep.bench.cases;

import org.jspecify.annotations.NullMarked;
