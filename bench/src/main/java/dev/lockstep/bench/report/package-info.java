/** Report files of commands: one class per format, one list of formats per command. */
@NullMarked
package dev.lockstep.bench.report;

import org.jspecify.annotations.NullMarked;
