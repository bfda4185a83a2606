@NullMarked
package dev.lockstep.bench.external;

import org.jspecify.annotations.NullMarked;
