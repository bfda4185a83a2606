/** Output for people in a terminal: streams, widths, paragraphs and tables. */
@NullMarked
package dev.lockstep.bench.terminal;

import org.jspecify.annotations.NullMarked;
