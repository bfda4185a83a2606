package dev.lockstep.bench.order;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Finds the tree of one class of elements, as Quicksort sorts: in each set of terms below a node it
 * takes one, asks for the sizes of the nodes that it shares with the others, and orders them by
 * size. Terms of equal size lie below one node, or are several children of a node of more than two,
 * and are a set again. A chain in ascending order takes k - 1 probes, a balanced tree k log k.
 */
final class TreeSearch {

  private static final long SEED = 21;

  /** Sets as large, which splitting has hardly made smaller, are split at a random term. */
  private static final double POOR = 0.75;

  private final int[] order;
  private final int[] joins;
  private final SplittableRandom random = new SplittableRandom(SEED);
  private List<Segment> segments = new ArrayList<>();
  private List<Segment> next = new ArrayList<>();

  /**
   * Leaves that lie below one node, from {@code from} to before {@code to} in the order.
   *
   * @param size of the node whose children they are among
   * @param told the sizes that each leaf after the first shares with it
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Segment(int from, int to, int size, int[] told) {
    Segment(int from, int to, int size) {
      this(from, to, size, new int[to - from]);
    }
  }

  TreeSearch(int terms) {
    order = new int[terms];
    Arrays.setAll(order, i -> i);
    joins = new int[terms - 1];
    if (terms > 1) {
      segments.add(new Segment(0, terms, terms + 1));
    }
  }

  boolean isDone() {
    return segments.isEmpty();
  }

  /** A pair of terms, and where to put the size of their lowest common node. */
  interface Asking {
    void ask(int term, int other, java.util.function.IntConsumer size);
  }

  /** Asks for what it takes to split all sets. */
  void ask(Asking asking) {
    for (Segment segment : segments) {
      int first = order[segment.from()];
      for (int i = segment.from() + 1; i < segment.to(); i++) {
        int at = i - segment.from();
        asking.ask(first, order[i], size -> segment.told()[at] = size);
      }
    }
  }

  /**
   * Splits all sets.
   *
   * @throws UnrevealedException if no tree has such sizes
   */
  void split() {
    next = new ArrayList<>();
    segments.forEach(this::split);
    segments = next;
  }

  private void split(Segment segment) {
    int from = segment.from();
    int to = segment.to();
    long[] bySize = new long[to - from - 1];
    for (int i = 0; i < bySize.length; i++) {
      bySize[i] = (long) segment.told()[i + 1] << 32 | order[from + 1 + i];
    }
    Arrays.sort(bySize);
    for (int i = 0; i < bySize.length; i++) {
      order[from + 1 + i] = (int) bySize[i];
    }
    int below = 1;
    int start = 0;
    while (start < bySize.length) {
      int size = (int) (bySize[start] >>> 32);
      int end = start;
      while (end < bySize.length && (int) (bySize[end] >>> 32) == size) {
        end++;
      }
      // The other children of a node of more than two share its size, too.
      if (size > segment.size() || (size < segment.size() && below + end - start != size)) {
        throw inconsistent(order[from], (int) bySize[start], size, below + end - start);
      }
      joins[from + start] = size;
      below += end - start;
      add(from + 1 + start, from + 1 + end, size, to - from);
      start = end;
    }
  }

  private void add(int from, int to, int size, int parent) {
    if (to - from < 2) {
      return;
    }
    if (to - from > POOR * parent) {
      int chosen = from + random.nextInt(to - from);
      int term = order[chosen];
      order[chosen] = order[from];
      order[from] = term;
    }
    next.add(new Segment(from, to, size));
  }

  private static UnrevealedException inconsistent(int first, int other, int size, int found) {
    return new UnrevealedException(
        Unrevealed.Reason.NO_BINARY32_SUM,
        String.format(
            Locale.ROOT,
            "terms %d and %d meet below a node of %d terms, where only %d were found: no tree has"
                + " such sizes",
            first,
            other,
            size,
            found));
  }

  /** The tree, once all sets are split. */
  AdditionTree tree(AdditionTree.Start start) {
    return AdditionTree.of(order, joins, start);
  }
}
