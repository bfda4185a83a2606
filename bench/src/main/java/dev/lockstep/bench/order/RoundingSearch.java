package dev.lockstep.bench.order;

import dev.lockstep.bench.order.Probe.Inexact;
import dev.lockstep.bench.order.Probe.Inexact.Pair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * Finds which terms of a known tree enter their additions unrounded. Many are asked for by one
 * probe: no sum holds two unfinished pairs at once, so that each pair's rest is exact. If all
 * answer alike, the probe's sum tells it; else the pairs are halved.
 */
final class RoundingSearch {

  private final BitSet fused = new BitSet();
  private List<List<Pair>> groups = new ArrayList<>();
  private List<List<Pair>> next = new ArrayList<>();
  private boolean exact;

  RoundingSearch(AdditionTree tree) {
    TreeNodes nodes = tree.nodes();
    if (nodes.widest() > 2) {
      return;
    }
    BitSet asked = new BitSet();
    List<Pair> pairs = pairs(nodes, asked);
    while (!pairs.isEmpty()) {
      for (int i = 0; i < pairs.size(); i += Inexact.MOST) {
        groups.add(pairs.subList(i, Math.min(i + Inexact.MOST, pairs.size())));
      }
      pairs = pairs(nodes, asked);
    }
  }

  /**
   * Chooses pairs for one probe: a term and a leaf below the node that it is added to, with no
   * other pair of the probe in between.
   *
   * @param asked terms that have been asked for; grows
   */
  private static List<Pair> pairs(TreeNodes nodes, BitSet asked) {
    List<Pair> pairs = new ArrayList<>();
    int[] free = new int[nodes.count()]; // a leaf whose way up to the node meets no pair, or -1
    Arrays.fill(free, -1);
    for (int node = 0; node < nodes.count(); node++) {
      if (nodes.isLeaf(node)) {
        free[node] = nodes.term(node);
        continue;
      }
      int leaf = nodes.leafOf(node);
      int[] below = nodes.children(node);
      if (leaf < 0) {
        free[node] = free[below[0]] >= 0 ? free[below[0]] : free[below[1]];
        continue;
      }
      int sibling = nodes.sibling(node, leaf);
      int term = nodes.term(leaf);
      if (nodes.isLeaf(sibling) && asked.get(term)) {
        // Of two terms that meet, either may be the one that is rounded.
        int swapped = term;
        term = nodes.term(sibling);
        free[sibling] = swapped;
      }
      if (!asked.get(term) && free[sibling] >= 0) {
        asked.set(term);
        pairs.add(new Pair(term, free[sibling]));
      } else {
        free[node] = free[sibling] >= 0 ? free[sibling] : term;
      }
    }
    return pairs;
  }

  boolean isDone() {
    return groups.isEmpty();
  }

  /** Hands out the probes, and takes what they tell. */
  void ask(java.util.function.BiConsumer<Probe, java.util.function.IntConsumer> asking) {
    next = new ArrayList<>();
    for (List<Pair> group : groups) {
      asking.accept(new Inexact(group), sum -> take(group, sum));
    }
  }

  /** Goes on with the groups that did not answer alike. */
  void split() {
    groups = next;
  }

  private void take(List<Pair> group, int sum) {
    if (sum == Inexact.FUSED * group.size()) {
      group.forEach(pair -> fused.set(pair.term()));
    } else if (sum == 0) {
      exact = true;
    } else if (sum != Inexact.ROUNDED * group.size()) {
      if (group.size() == 1) {
        throw new UnrevealedException(
            Unrevealed.Reason.NO_BINARY32_SUM,
            String.format(
                Locale.ROOT,
                "a product of %s leaves %d, which neither a fused multiply-add (6) nor a"
                    + " multiplication and an addition (5) does",
                new Inexact(group).words(),
                sum));
      }
      int half = group.size() / 2;
      next.add(group.subList(0, half));
      next.add(group.subList(half, group.size()));
    }
  }

  /**
   * The tree with what was found.
   *
   * @throws UnrevealedException if both of two terms that meet are unrounded
   */
  AdditionTree tree(AdditionTree tree) {
    if (exact) {
      return tree.withExactProducts();
    }
    TreeNodes nodes = tree.nodes();
    for (int node = 0; node < nodes.count(); node++) {
      int leaf = nodes.leafOf(node);
      if (leaf >= 0 && nodes.isLeaf(nodes.sibling(node, leaf))) {
        int term = nodes.term(leaf);
        int other = nodes.term(nodes.sibling(node, leaf));
        if (fused.get(term) && fused.get(other)) {
          throw new UnrevealedException(
              Unrevealed.Reason.NO_BINARY32_SUM,
              String.format(
                  Locale.ROOT,
                  "terms %d and %d are added before either is rounded: the sum is wider than"
                      + " binary32",
                  Math.min(term, other),
                  Math.max(term, other)));
        }
      }
    }
    return tree.withFused(fused);
  }
}
