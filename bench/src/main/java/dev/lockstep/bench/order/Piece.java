package dev.lockstep.bench.order;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A part of an addition tree as people see it: a chain that adds term after term, or a sum of
 * parts.
 */
final class Piece {

  private final List<Piece> parts;
  private final int[] terms;
  private final BitSet fused;
  private final int exact;
  private final int size;
  private final int level;
  private final int chains;
  private final Shape shape;

  private Piece(
      List<Piece> parts,
      int[] terms,
      BitSet fused,
      int exact,
      int size,
      int level,
      int chains,
      Shape shape) {
    this.parts = parts;
    this.terms = terms;
    this.fused = fused;
    this.exact = exact;
    this.size = size;
    this.level = level;
    this.chains = chains;
    this.shape = shape;
  }

  /** The shape of the additions of a sum of chains. */
  enum Shape {
    /** A chain. */
    CHAIN,
    /** One chain after the other. */
    SEQUENTIAL,
    /** In pairs, then pairs of pairs. */
    PAIRWISE,
    /** None of these. */
    OTHER
  }

  /** What is added: of a chain at most one part, which it begins with. */
  List<Piece> parts() {
    return parts;
  }

  /** The terms that a chain adds, in this order; none for a sum. */
  int[] terms() {
    return terms;
  }

  /** How many of these are fused multiply-adds. */
  int fused() {
    return fused.cardinality();
  }

  /** Those that are not, and could be. */
  BitSet rounded() {
    BitSet rounded = new BitSet();
    for (int i = isPlainChain() ? 1 : 0; i < terms.length; i++) {
      rounded.set(terms[i], !fused.get(terms[i]));
    }
    return rounded;
  }

  /** How many of these have exact products. */
  int exact() {
    return exact;
  }

  /** The number of terms of all parts. */
  int size() {
    return size;
  }

  /** The level of the highest part below it, plus 1; 0 if it has none. */
  int level() {
    return level;
  }

  /** The number of chains that a sum of chains adds; 0 if it is none. */
  int chains() {
    return chains;
  }

  /** In which shape a sum adds its chains. */
  Shape shape() {
    return shape;
  }

  boolean isChain() {
    return terms.length > 0;
  }

  /** Whether it is a chain that begins with a term. */
  boolean isPlainChain() {
    return isChain() && parts.isEmpty();
  }

  /** The number of terms that could be fused: the first one of a plain chain has no sum yet. */
  int fusible() {
    return isPlainChain() ? terms.length - 1 : terms.length;
  }

  /** Returns the pieces of a tree, parts before what adds them; the last is the whole. */
  static List<Piece> of(AdditionTree tree) {
    TreeNodes nodes = tree.nodes();
    List<Piece> pieces = new ArrayList<>();
    @Nullable Piece[] ofNode = new @Nullable Piece[nodes.count()];
    // Of a chain that may still grow: its terms, and what it begins with.
    int[][] growing = new int[nodes.count()][];
    int[] length = new int[nodes.count()];
    for (int node = 0; node < nodes.count(); node++) {
      if (nodes.isLeaf(node)) {
        growing[node] = new int[] {nodes.term(node)};
        length[node] = 1;
        continue;
      }
      int leaf = nodes.leafOf(node);
      int[] below = nodes.children(node);
      if (leaf >= 0) {
        int base = nodes.sibling(node, leaf);
        if (nodes.isLeaf(base) && isFused(tree, nodes.term(base))) {
          int swapped = leaf;
          leaf = base;
          base = swapped;
        }
        int[] terms = growing[base] == null ? new int[4] : growing[base];
        if (length[base] == terms.length) {
          terms = Arrays.copyOf(terms, 2 * terms.length);
        }
        terms[length[base]] = nodes.term(leaf);
        growing[node] = terms;
        length[node] = length[base] + 1;
        growing[base] = null;
        ofNode[node] = ofNode[base];
        continue;
      }
      List<Piece> parts = new ArrayList<>();
      for (int child : below) {
        parts.add(finished(tree, ofNode[child], growing[child], length[child], pieces));
      }
      ofNode[node] = sum(parts);
      pieces.add(ofNode[node]);
    }
    int root = nodes.root();
    if (growing[root] != null) {
      finished(tree, ofNode[root], growing[root], length[root], pieces);
    }
    return pieces;
  }

  private static boolean isFused(AdditionTree tree, int term) {
    return tree.rounding(term) == AdditionTree.Rounding.FUSED;
  }

  private static Piece finished(
      AdditionTree tree,
      @Nullable Piece base,
      int @Nullable [] growing,
      int length,
      List<Piece> pieces) {
    if (growing == null) {
      return Objects.requireNonNull(base, "a sum");
    }
    int[] terms = Arrays.copyOf(growing, length);
    BitSet fused = new BitSet();
    int exact = 0;
    for (int term : terms) {
      fused.set(term, isFused(tree, term));
      exact += tree.rounding(term) == AdditionTree.Rounding.EXACT ? 1 : 0;
    }
    // Neither of two rounded terms comes first: take them as the third goes on.
    if (base == null
        && length > 2
        && !isFused(tree, terms[1])
        && Math.abs(terms[2] - terms[0]) < Math.abs(terms[2] - terms[1])) {
      int swapped = terms[0];
      terms[0] = terms[1];
      terms[1] = swapped;
    }
    List<Piece> parts = base == null ? List.of() : List.of(base);
    int size = length + (base == null ? 0 : base.size());
    Piece chain =
        new Piece(
            parts,
            terms,
            fused,
            exact,
            size,
            base == null ? 0 : base.level() + 1,
            base == null ? 1 : 0,
            base == null ? Shape.CHAIN : Shape.OTHER);
    pieces.add(chain);
    return chain;
  }

  private static Piece sum(List<Piece> parts) {
    int size = parts.stream().mapToInt(Piece::size).sum();
    int level = 1 + parts.stream().mapToInt(Piece::level).max().orElse(0);
    boolean ofChains = parts.size() == 2 && parts.stream().allMatch(part -> part.chains() > 0);
    int chains = ofChains ? parts.stream().mapToInt(Piece::chains).sum() : 0;
    return new Piece(
        parts,
        new int[0],
        new BitSet(),
        0,
        size,
        level,
        chains,
        ofChains ? shape(parts) : Shape.OTHER);
  }

  private static Shape shape(List<Piece> parts) {
    Piece one = parts.getFirst();
    Piece other = parts.getLast();
    if (other.shape() == Shape.CHAIN
        && (one.shape() == Shape.CHAIN || one.shape() == Shape.SEQUENTIAL)) {
      return Shape.SEQUENTIAL;
    }
    boolean alike = one.chains() == other.chains() && one.level() == other.level();
    boolean pairs =
        alike
            && (one.chains() == 2
                || (one.shape() == Shape.PAIRWISE && other.shape() == Shape.PAIRWISE));
    return pairs ? Shape.PAIRWISE : Shape.OTHER;
  }

  /** The chains of a sum of chains, in the order of the tree. */
  List<Piece> plainChains() {
    List<Piece> found = new ArrayList<>();
    List<Piece> open = new ArrayList<>(List.of(this));
    while (!open.isEmpty()) {
      Piece next = open.removeLast();
      if (next.isPlainChain()) {
        found.add(next);
      } else {
        open.addAll(next.parts().reversed());
      }
    }
    return Collections.unmodifiableList(found);
  }
}
