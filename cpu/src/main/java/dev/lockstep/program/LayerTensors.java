package dev.lockstep.program;

/**
 * What a training step computes in a layer and shows to those who ask for it.
 *
 * @param activations what comes out, B x N; of the last layer, the outputs of the network
 * @param delta gradient of the loss by what the activation was given, B x N
 */
public record LayerTensors(Tensor activations, Tensor delta) {}
