package dev.lockstep.cpu;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import dev.lockstep.program.Formula;
import dev.lockstep.program.ProductShape;
import java.util.List;

/** Does what sound kernels do, except for the methods that a test overrides. They join nothing. */
abstract class DelegatingKernels<A> implements HostKernels<A> {

  private final HostKernels<A> sound;

  DelegatingKernels(HostKernels<A> sound) {
    this.sound = sound;
  }

  @Override
  public A allocate(int length) {
    return sound.allocate(length);
  }

  @Override
  public void copy(Matrix matrix, A target) {
    sound.copy(matrix, target);
  }

  @Override
  public Matrix matrix(int rows, int columns, A data) {
    return sound.matrix(rows, columns, data);
  }

  @Override
  public double at(A data, int index) {
    return sound.at(data, index);
  }

  @Override
  public Runnable copy(A from, A to, int length) {
    return sound.copy(from, to, length);
  }

  @Override
  public Runnable gather(float[] features, int columns, int[] rowNumbers, A x) {
    return sound.gather(features, columns, rowNumbers, x);
  }

  @Override
  public Runnable product(ProductShape shape, A a, A b, A c) {
    return sound.product(shape, a, b, c);
  }

  @Override
  public Runnable shift(A bias, float[] noise, A shifted) {
    return sound.shift(bias, noise, shifted);
  }

  @Override
  public Runnable activate(Activation activation, int rows, int columns, A z, A bias, A a) {
    return sound.activate(activation, rows, columns, z, bias, a);
  }

  @Override
  public Runnable derivative(Activation activation, int length, A upstream, A kept) {
    return sound.derivative(activation, length, upstream, kept);
  }

  @Override
  public Runnable loss(
      Loss loss, int rows, int classes, A outputs, int[] labels, A rowLoss, A delta) {
    return sound.loss(loss, rows, classes, outputs, labels, rowLoss, delta);
  }

  @Override
  public Runnable columnSums(int rows, int columns, A delta, A sums) {
    return sound.columnSums(rows, columns, delta, sums);
  }

  @Override
  public Runnable columnProducts(int rows, int columns, A a, A b, A sums) {
    return sound.columnProducts(rows, columns, a, b, sums);
  }

  @Override
  public Runnable elementwise(
      Formula formula, int rows, int columns, Strided<A> a, Strided<A> b, Strided<A> c, A result) {
    return sound.elementwise(formula, rows, columns, a, b, c, result);
  }

  @Override
  public Runnable update(
      Update update, StepNumbers numbers, int length, A w, A gradient, List<A> moments) {
    return sound.update(update, numbers, length, w, gradient, moments);
  }

  @Override
  public void close() {
    sound.close();
  }
}
