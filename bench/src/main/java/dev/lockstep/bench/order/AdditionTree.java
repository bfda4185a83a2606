package dev.lockstep.bench.order;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;

/**
 * The tree in which one element of a product adds its k terms, and the rounding of each term.
 *
 * <p>It is kept as the terms in the order of the tree's leaves and, for each two neighbours, the
 * number of leaves below their lowest common ancestor. Together they fix the tree: a chain of three
 * is the order 0, 1, 2 with 2, 3 between. Nothing here recurses, because a chain of k terms is k
 * deep. The children of a node stand in the order of their smallest terms, so that trees that add
 * the same are equal.
 */
public final class AdditionTree {

  /** How a product of two operands enters its first addition. */
  public enum Rounding {
    /** Rounded to binary32 first: a multiplication and an addition. */
    ROUNDED,
    /** Unrounded: a fused multiply-add. */
    FUSED,
    /**
     * Unrounded, because operands of so few bits have exact products: a fused multiply-add and a
     * multiplication and an addition are the same.
     */
    EXACT
  }

  /** What a sum starts from, which decides the sign of a zero. */
  public enum Start {
    /** From +0: a sum of negative zeros is +0. */
    ZERO,
    /** From its first product: a sum of negative zeros is -0. */
    PRODUCT
  }

  private final int[] order;
  private final int[] joins;
  private final BitSet fused;
  private final Rounding others;
  private final Start start;

  private AdditionTree(int[] order, int[] joins, BitSet fused, Rounding others, Start start) {
    this.order = order;
    this.joins = joins;
    this.fused = fused;
    this.others = others;
    this.start = start;
  }

  /**
   * Creates a tree of terms that are all rounded.
   *
   * @param order the terms 0 to k - 1, as the leaves stand from left to right
   * @param joins for each leaf but the last, the number of leaves below the lowest node that holds
   *     it and the next
   * @throws IllegalArgumentException if they are no tree
   */
  public static AdditionTree of(int[] order, int[] joins, Start start) {
    TreeNodes nodes = TreeNodes.of(order, joins);
    int[] sorted = new int[order.length];
    int[] between = new int[joins.length];
    sort(nodes, sorted, between);
    return new AdditionTree(sorted, between, new BitSet(), Rounding.ROUNDED, start);
  }

  /** Writes the leaves so that the children of each node stand by their smallest terms. */
  private static void sort(TreeNodes nodes, int[] sorted, int[] between) {
    int[] least = new int[nodes.count()];
    for (int node = 0; node < nodes.count(); node++) {
      least[node] = nodes.isLeaf(node) ? nodes.term(node) : Integer.MAX_VALUE;
      for (int child : nodes.children(node)) {
        least[node] = Math.min(least[node], least[child]);
      }
    }
    Deque<int[]> open = new ArrayDeque<>(); // a node, and the join before its first leaf
    open.push(new int[] {nodes.root(), 0});
    int at = 0;
    while (!open.isEmpty()) {
      int[] next = open.pop();
      int node = next[0];
      if (nodes.isLeaf(node)) {
        if (at > 0) {
          between[at - 1] = next[1];
        }
        sorted[at++] = nodes.term(node);
        continue;
      }
      int[] children =
          Arrays.stream(nodes.children(node))
              .boxed()
              .sorted((x, y) -> Integer.compare(least[x], least[y]))
              .mapToInt(Integer::intValue)
              .toArray();
      for (int i = children.length - 1; i >= 0; i--) {
        open.push(new int[] {children[i], i == 0 ? next[1] : nodes.size(node)});
      }
    }
  }

  /** Returns this tree with the terms that enter their additions unrounded. */
  public AdditionTree withFused(BitSet terms) {
    return new AdditionTree(order, joins, (BitSet) terms.clone(), Rounding.ROUNDED, start);
  }

  /** Returns this tree with exact products. */
  public AdditionTree withExactProducts() {
    return new AdditionTree(order, joins, new BitSet(), Rounding.EXACT, start);
  }

  /** One chain of fused multiply-adds from +0, in ascending order: canonical arithmetic. */
  public static AdditionTree canonical(int terms) {
    int[] order = new int[terms];
    int[] joins = new int[terms - 1];
    for (int i = 0; i < terms; i++) {
      order[i] = i;
      if (i > 0) {
        joins[i - 1] = i + 1;
      }
    }
    BitSet fused = new BitSet();
    fused.set(1, terms);
    return new AdditionTree(order, joins, fused, Rounding.ROUNDED, Start.ZERO);
  }

  /** The number of terms. */
  public int terms() {
    return order.length;
  }

  /** The terms, as the leaves stand from left to right. */
  public int[] order() {
    return order.clone();
  }

  /** For each leaf but the last, the leaves below the lowest node that holds it and the next. */
  public int[] joins() {
    return joins.clone();
  }

  /** How a term enters its addition. The first of two terms that meet is always rounded. */
  public Rounding rounding(int term) {
    return fused.get(term) ? Rounding.FUSED : others;
  }

  /** What the sums start from. */
  public Start start() {
    return start;
  }

  /** Whether a node adds more than two numbers at once, as tensor cores do. */
  public boolean hasFusedSums() {
    return widestSum() > 2;
  }

  /** The most numbers that a node adds at once; 1 for a single term. */
  int widestSum() {
    return nodes().widest();
  }

  /** The nodes, children before parents. */
  TreeNodes nodes() {
    return TreeNodes.of(order, joins);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AdditionTree tree
        && Arrays.equals(order, tree.order)
        && Arrays.equals(joins, tree.joins)
        && fused.equals(tree.fused)
        && others == tree.others
        && start == tree.start;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(order) * 31 + Arrays.hashCode(joins) + fused.hashCode();
  }

  /** The tree in words. */
  @Override
  public String toString() {
    return TreeWords.of(this);
  }
}
