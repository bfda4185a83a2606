/** Files and folders that commands write and read: JSON, digests, folders of results. */
@NullMarked
package dev.lockstep.bench.files;

import org.jspecify.annotations.NullMarked;
