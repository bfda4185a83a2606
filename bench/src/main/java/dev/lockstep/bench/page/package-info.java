/** The HTML report: one page that is put together from sections, each a class and its script. */
@NullMarked
package dev.lockstep.bench.page;

import org.jspecify.annotations.NullMarked;
