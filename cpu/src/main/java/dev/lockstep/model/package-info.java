/** The model to be trained: networks, activations, initialisations, optimisers and parameters. */
@NullMarked
package dev.lockstep.model;

import org.jspecify.annotations.NullMarked;
