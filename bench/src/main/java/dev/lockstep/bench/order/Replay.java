package dev.lockstep.bench.order;

/**
 * Computes elements of products in the order of a tree, in binary32, operation by operation as the
 * tree says. Thread-safe.
 */
public final class Replay {

  private enum Step {
    MULTIPLY,
    FUSED,
    ADD
  }

  private final Step[] steps;
  private final int[] left; // of a sum: the node that is added to
  private final int[] right; // a term, or a node that is added
  private final boolean fromZero;

  /**
   * @throws IllegalArgumentException if the tree has fused sums, whose arithmetic is the device's
   */
  public Replay(AdditionTree tree) {
    TreeNodes nodes = tree.nodes();
    if (nodes.widest() > 2) {
      throw new IllegalArgumentException("fused sums cannot be replayed");
    }
    steps = new Step[nodes.count()];
    left = new int[nodes.count()];
    right = new int[nodes.count()];
    fromZero = tree.start() == AdditionTree.Start.ZERO;
    for (int node = 0; node < nodes.count(); node++) {
      if (nodes.isLeaf(node)) {
        steps[node] = Step.MULTIPLY;
        right[node] = nodes.term(node);
        continue;
      }
      steps[node] = Step.ADD;
      left[node] = nodes.children(node)[0];
      right[node] = nodes.children(node)[1];
      for (int child : nodes.children(node)) {
        if (nodes.isLeaf(child)
            && tree.rounding(nodes.term(child)) == AdditionTree.Rounding.FUSED) {
          steps[node] = Step.FUSED;
          left[node] = nodes.sibling(node, child);
          right[node] = nodes.term(child);
        }
      }
    }
  }

  /**
   * Computes an element.
   *
   * @param a the k operands of its row of op(A), rounded as the product rounds them
   * @param b the k operands of its column of op(B)
   */
  public float element(float[] a, float[] b) {
    float[] values = new float[steps.length];
    for (int node = 0; node < steps.length; node++) {
      int term = right[node];
      values[node] =
          switch (steps[node]) {
            case MULTIPLY -> fromZero ? a[term] * b[term] + 0f : a[term] * b[term];
            case FUSED -> Math.fma(a[term], b[term], values[left[node]]);
            case ADD -> values[left[node]] + values[term];
          };
    }
    return values[steps.length - 1];
  }
}
