/** Folders of results that earlier versions wrote, made into those of today. */
@NullMarked
package dev.lockstep.bench.convert;

import org.jspecify.annotations.NullMarked;
