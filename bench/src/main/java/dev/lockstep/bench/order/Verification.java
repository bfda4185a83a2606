package dev.lockstep.bench.order;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.program.ProductShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Elements of a product, compared with their replay.
 *
 * @param elements that were replayed; 0 if fused sums do not allow it
 * @param differing how many of them differ from the product
 * @param ofTree how many were replayed of each tree
 * @param first the first that differs
 */
public record Verification(
    int elements, int differing, List<Integer> ofTree, Optional<Mismatch> first) {

  /** The fewest elements that are replayed of a product that has as many. */
  static final int FEWEST = 4096;

  /**
   * The fewest that are replayed of each tree. Two neighbouring terms exchanged in a chain of some
   * hundred change the bits of one in 10 to 100 random elements.
   */
  private static final int FEWEST_OF_TREE = 128;

  /** Additions that are replayed in any case: all elements of smaller products. */
  private static final long QUICK = 1 << 26;

  /**
   * An element that differs from its replay.
   *
   * @param product the element of the product
   * @param replayed its replay
   */
  public record Mismatch(int row, int column, float product, float replayed, AdditionTree tree) {
    /** The element and both values. */
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "element (%d, %d) is %s and its replay %s",
          row,
          column,
          Float.toHexString(product),
          Float.toHexString(replayed));
    }
  }

  /** Whether every replayed element has the product's bits. */
  public boolean agrees() {
    return differing == 0;
  }

  public Verification {
    ofTree = List.copyOf(ofTree);
  }

  /**
   * Computes products of random operands and compares them, until as many elements are replayed as
   * {@link #FEWEST}, and {@link #FEWEST_OF_TREE} of each tree, or the limit is reached.
   */
  static Verification ofRandom(
      RevealedProduct revealed, Multiplication multiplication, ProbeLimit limit, long seed) {
    Verification all = ofRandom(revealed, multiplication, seed);
    for (int next = 1;
        all.elements > 0 && !all.isEnough() && next < FEWEST && !limit.timeIsUp().getAsBoolean();
        next++) {
      all = all.and(ofRandom(revealed, multiplication, seed + next));
    }
    return all;
  }

  private static Verification ofRandom(
      RevealedProduct revealed, Multiplication multiplication, long seed) {
    FloatMatrix a = RandomOperands.of(Side.ROWS, revealed.shape(), seed);
    FloatMatrix b = RandomOperands.of(Side.COLUMNS, revealed.shape(), seed);
    return of(revealed, a, b, multiplication.product(a, b), seed, QUICK);
  }

  private boolean isEnough() {
    return elements >= FEWEST
        && ofTree.stream().allMatch(number -> number == 0 || number >= FEWEST_OF_TREE);
  }

  private Verification and(Verification other) {
    List<Integer> sums = new ArrayList<>();
    for (int tree = 0; tree < ofTree.size(); tree++) {
      sums.add(ofTree.get(tree) + other.ofTree.get(tree));
    }
    return new Verification(
        elements + other.elements,
        differing + other.differing,
        sums,
        first.isPresent() ? first : other.first);
  }

  /**
   * Compares elements of a product with their replay: all if that is quick, else every row, every
   * column, all corners of classes and as many as {@link #FEWEST}.
   *
   * @param a stored as the product's form says
   * @param b stored as the product's form says
   * @param c the product
   * @param quick how many additions are few enough to replay all elements
   */
  public static Verification of(
      RevealedProduct revealed,
      FloatMatrix a,
      FloatMatrix b,
      FloatMatrix c,
      long seed,
      long quick) {
    List<Optional<Replay>> replays =
        revealed.trees().stream()
            .map(
                tree ->
                    tree.hasFusedSums() ? Optional.<Replay>empty() : Optional.of(new Replay(tree)))
            .toList();
    ProductShape shape = revealed.shape();
    OperandPanel ofA = OperandPanel.of(Side.ROWS, shape, a);
    OperandPanel ofB = OperandPanel.of(Side.COLUMNS, shape, b);
    BitSet[] chosen = chosen(revealed, seed, quick);
    int elements = 0;
    int[] ofTree = new int[replays.size()];
    List<Mismatch> mismatches = new ArrayList<>();
    int differing = 0;
    // Column by column of the replayed part, so that B's lanes are copied once.
    float[][] rows = new float[shape.m()][];
    for (int j = 0; j < shape.n(); j++) {
      float[] column = revealed.formatOfB().round(ofB.lane(j));
      for (int i = chosen[j].nextSetBit(0); i >= 0; i = chosen[j].nextSetBit(i + 1)) {
        Optional<Replay> replay = replays.get(revealed.treeNumber(i, j));
        if (replay.isEmpty()) {
          continue;
        }
        if (rows[i] == null) {
          rows[i] = revealed.formatOfA().round(ofA.lane(i));
        }
        float replayed = replay.get().element(rows[i], column);
        float product = c.data()[i * shape.n() + j];
        elements++;
        ofTree[revealed.treeNumber(i, j)]++;
        if (Float.floatToIntBits(replayed) != Float.floatToIntBits(product)) {
          differing++;
          if (mismatches.isEmpty()) {
            mismatches.add(new Mismatch(i, j, product, replayed, revealed.tree(i, j)));
          }
        }
      }
    }
    return new Verification(
        elements,
        differing,
        Arrays.stream(ofTree).boxed().toList(),
        mismatches.stream().findFirst());
  }

  /** The rows to replay of each column. */
  private static BitSet[] chosen(RevealedProduct revealed, long seed, long quick) {
    int m = revealed.shape().m();
    int n = revealed.shape().n();
    BitSet[] chosen = new BitSet[n];
    for (int j = 0; j < n; j++) {
      chosen[j] = new BitSet(m);
    }
    if ((long) m * n <= FEWEST || (long) m * n * revealed.shape().k() <= quick) {
      for (BitSet rows : chosen) {
        rows.set(0, m);
      }
      return chosen;
    }
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < Math.max(m, n); i++) {
      chosen[i % n].set(i < m ? i : random.nextInt(m));
      if (i < m && i >= n) {
        chosen[random.nextInt(n)].set(i);
      }
    }
    for (RevealedProduct.TreeClass tree : revealed.classes()) {
      for (RevealedProduct.Block block : tree.blocks()) {
        for (int j : edges(block.columns())) {
          for (int i : edges(block.rows())) {
            chosen[j].set(i);
          }
        }
        for (int i = 0; i < FEWEST_OF_TREE; i++) {
          chosen[member(block.columns(), random)].set(member(block.rows(), random));
        }
      }
    }
    int count = 0;
    for (BitSet rows : chosen) {
      count += rows.cardinality();
    }
    while (count < FEWEST) {
      BitSet rows = chosen[random.nextInt(n)];
      int i = random.nextInt(m);
      if (!rows.get(i)) {
        rows.set(i);
        count++;
      }
    }
    return chosen;
  }

  /** The first and the last of each run, of the first runs. */
  private static List<Integer> edges(BitSet set) {
    List<Integer> edges = new ArrayList<>();
    for (int from = set.nextSetBit(0); from >= 0 && edges.size() < 64; ) {
      int to = set.nextClearBit(from);
      edges.add(from);
      edges.add(to - 1);
      from = set.nextSetBit(to);
    }
    return edges;
  }

  private static int member(BitSet set, SplittableRandom random) {
    int member = set.nextSetBit(random.nextInt(set.length()));
    return member < 0 ? set.nextSetBit(0) : member;
  }
}
