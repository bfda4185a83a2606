package dev.lockstep.backend;

/**
 * How good a network is on some rows.
 *
 * @param loss mean cross-entropy, natural logarithm
 * @param accuracy share of rows whose largest output (the first of equals) is the label, 0 to 1
 */
public record Evaluation(double loss, double accuracy) {}
