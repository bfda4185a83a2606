package dev.lockstep.bench.order;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * An order of addition written as nested sums, with an evaluation of its own: what is revealed has
 * to equal {@link #tree}.
 */
sealed interface Sum {

  /** A term: its product is rounded. */
  record Term(int number) implements Sum {}

  /** {@code fma(a, b, to)}. */
  record Fma(int number, Sum to) implements Sum {}

  /** The sum of two. */
  record Plus(Sum one, Sum other) implements Sum {}

  /** Evaluates the sum, from the first products. */
  default float of(float[] a, float[] b) {
    return switch (this) {
      case Term(int t) -> a[t] * b[t];
      case Fma(int t, Sum to) -> Math.fma(a[t], b[t], to.of(a, b));
      case Plus(Sum one, Sum other) -> one.of(a, b) + other.of(a, b);
    };
  }

  /** The tree that says the same. */
  default AdditionTree tree(AdditionTree.Start start) {
    List<Integer> order = new ArrayList<>();
    List<Integer> joins = new ArrayList<>();
    BitSet fused = new BitSet();
    add(order, joins, fused);
    return AdditionTree.of(array(order), array(joins), start).withFused(fused);
  }

  private static int[] array(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  private void add(List<Integer> order, List<Integer> joins, BitSet fused) {
    switch (this) {
      case Term(int t) -> order.add(t);
      case Fma(int t, Sum to) -> {
        fused.set(t);
        join(to, new Term(t), order, joins, fused);
      }
      case Plus(Sum one, Sum other) -> join(one, other, order, joins, fused);
    }
  }

  private static void join(
      Sum one, Sum other, List<Integer> order, List<Integer> joins, BitSet fused) {
    int from = order.size();
    one.add(order, joins, fused);
    int at = joins.size();
    joins.add(0);
    other.add(order, joins, fused);
    joins.set(at, order.size() - from);
  }

  /** A chain of fma that begins with the first of the terms. */
  static Sum chain(IntStream terms) {
    int[] numbers = terms.toArray();
    Sum sum = new Term(numbers[0]);
    for (int i = 1; i < numbers.length; i++) {
      sum = new Fma(numbers[i], sum);
    }
    return sum;
  }

  /** Any order of the terms, of any rounding. */
  static Sum random(List<Integer> terms, SplittableRandom random) {
    if (terms.size() == 1) {
      return new Term(terms.getFirst());
    }
    int first = random.nextInt(3) == 0 ? 1 + random.nextInt(terms.size() - 1) : 1;
    Sum rest = random(terms.subList(first, terms.size()), random);
    if (first == 1 && random.nextBoolean()) {
      return new Fma(terms.getFirst(), rest);
    }
    return new Plus(random(terms.subList(0, first), random), rest);
  }
}
