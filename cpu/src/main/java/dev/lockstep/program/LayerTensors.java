package dev.lockstep.program;

/**
 * The tensors of a layer that a probe of a training step shows.
 *
 * @param activations the layer's activations, B x N; for the last layer, the outputs of the network
 * @param delta gradient of the loss with respect to the weighted inputs z, B x N
 */
public record LayerTensors(Tensor activations, Tensor delta) {}
