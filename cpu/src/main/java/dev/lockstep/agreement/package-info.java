/** Agreement of backends: equal bits, a-priori error bounds, and the first difference. */
@NullMarked
package dev.lockstep.agreement;

import org.jspecify.annotations.NullMarked;
