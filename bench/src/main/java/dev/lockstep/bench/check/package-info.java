/** The main job: train equal and random networks on every backend and judge what they did. */
@NullMarked
package dev.lockstep.bench.check;

import org.jspecify.annotations.NullMarked;
