package dev.lockstep.agreement;

/**
 * The smallest errors of a product that its tests see.
 *
 * @param whole relative error of all elements
 * @param element error of one element, relative to the median magnitude of the elements that are
 *     not zero
 */
public record Visible(double whole, double element) {}
