/** The main job: check every backend with cells that cover all pairs, and report the verdict. */
@NullMarked
package dev.lockstep.bench.check;

import org.jspecify.annotations.NullMarked;
