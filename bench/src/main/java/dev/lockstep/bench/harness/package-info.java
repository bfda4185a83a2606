/** JMH benchmarks. Each verifies the arrays it times, before and after. */
@NullMarked
package dev.lockstep.bench.harness;

import org.jspecify.annotations.NullMarked;
