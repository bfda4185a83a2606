package dev.lockstep.bench.order;

/**
 * The nodes of an {@link AdditionTree}, children before parents, so that a loop over them computes
 * a sum whatever the depth.
 */
final class TreeNodes {

  /** The children of leaves. */
  private static final int[] NONE = {};

  private final int[] terms; // of leaves; -1 for sums
  private final int[] sizes;
  private final int[][] children;
  private final int count;

  private TreeNodes(int[] terms, int[] sizes, int[][] children, int count) {
    this.terms = terms;
    this.sizes = sizes;
    this.children = children;
    this.count = count;
  }

  /**
   * Builds the nodes from the leaves and the sizes between them.
   *
   * @throws IllegalArgumentException if they are no tree
   */
  static TreeNodes of(int[] order, int[] joins) {
    int k = order.length;
    if (k == 0 || joins.length != k - 1) {
      throw new IllegalArgumentException(k + " leaves with " + joins.length + " joins");
    }
    int[] terms = new int[2 * k - 1];
    int[] sizes = new int[2 * k - 1];
    int[][] children = new int[2 * k - 1][];
    int[] waiting = new int[k]; // subtrees that are complete, from left to right
    int[] joined = new int[k]; // the join before each of them
    int depth = 0;
    int count = 0;
    boolean[] seen = new boolean[k];
    for (int i = 0; i < k; i++) {
      if (order[i] < 0 || order[i] >= k || seen[order[i]]) {
        throw new IllegalArgumentException("term " + order[i] + " of " + k);
      }
      seen[order[i]] = true;
      joined[depth] = i == 0 ? Integer.MAX_VALUE : joins[i - 1];
      terms[count] = order[i];
      sizes[count] = 1;
      children[count] = NONE;
      waiting[depth++] = count++;
      int next = i == k - 1 ? Integer.MAX_VALUE : joins[i];
      while (depth > 1 && joined[depth - 1] < next) {
        int first = depth - 1;
        while (first > 1 && joined[first - 1] == joined[depth - 1]) {
          first--;
        }
        int[] below = new int[depth - first + 1];
        int size = 0;
        for (int c = 0; c < below.length; c++) {
          below[c] = waiting[first - 1 + c];
          size += sizes[below[c]];
        }
        if (size != joined[depth - 1]) {
          throw new IllegalArgumentException(
              "a node of " + size + " leaves is said to have " + joined[depth - 1]);
        }
        terms[count] = -1;
        sizes[count] = size;
        children[count] = below;
        depth = first;
        waiting[depth - 1] = count++;
      }
    }
    if (depth != 1) {
      throw new IllegalArgumentException("leaves of several trees");
    }
    return new TreeNodes(terms, sizes, children, count);
  }

  int count() {
    return count;
  }

  int root() {
    return count - 1;
  }

  boolean isLeaf(int node) {
    return terms[node] >= 0;
  }

  /** The term of a leaf. */
  int term(int node) {
    return terms[node];
  }

  /** The number of leaves below a node. */
  int size(int node) {
    return sizes[node];
  }

  int[] children(int node) {
    return children[node];
  }

  /** The most children of a node; 1 for a single leaf. */
  int widest() {
    int widest = 1;
    for (int node = 0; node < count; node++) {
      widest = Math.max(widest, children[node].length);
    }
    return widest;
  }

  /** The leaf among two children of which the other may be anything; -1 if there is none. */
  int leafOf(int node) {
    int[] below = children[node];
    if (below.length != 2) {
      return -1;
    }
    // Of two leaves the second joins the first.
    return isLeaf(below[1]) ? below[1] : isLeaf(below[0]) ? below[0] : -1;
  }

  /** The child of a node of two that is not the given one. */
  int sibling(int node, int child) {
    int[] below = children[node];
    return below[0] == child ? below[1] : below[0];
  }
}
