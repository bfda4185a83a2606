/** What is trained: networks, activations, initialisations, optimisers, parameters. */
@NullMarked
package dev.lockstep.model;

import org.jspecify.annotations.NullMarked;
