package dev.lockstep.program;

/**
 * The tensors of a layer that those outside of a step ask for.
 *
 * @param z products plus bias, B x N
 * @param activations what comes out, B x N; of the last layer, logits
 * @param delta gradient of the loss by z, B x N
 * @param weights in x N
 * @param bias 1 x N
 */
public record Layer(
    Tensor z, Tensor activations, Tensor delta, Parameter weights, Parameter bias) {}
