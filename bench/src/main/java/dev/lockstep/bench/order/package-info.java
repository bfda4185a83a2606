/** The order in which a backend's product adds its terms: revealed by probing, and replayed. */
@NullMarked
package dev.lockstep.bench.order;

import org.jspecify.annotations.NullMarked;
