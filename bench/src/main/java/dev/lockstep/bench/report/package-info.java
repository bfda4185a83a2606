/** A command's report as files: one class a format, one list of formats a command. */
@NullMarked
package dev.lockstep.bench.report;

import org.jspecify.annotations.NullMarked;
