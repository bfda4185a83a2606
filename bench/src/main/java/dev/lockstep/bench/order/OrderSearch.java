package dev.lockstep.bench.order;

import dev.lockstep.bench.order.ElementClasses.Place;
import dev.lockstep.bench.order.ElementClasses.Signatures;
import dev.lockstep.bench.order.Probe.Mask;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.program.ProductShape;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Reveals a product's order of addition. A few probes of all elements tell which rows and columns
 * share a tree; then one tree of each class is found, with a probe in every lane of the class, and
 * confirmed among terms of both signs. A probe that tells elements of one class apart is put to all
 * elements, and the search begins again with more classes.
 */
final class OrderSearch {

  /** The most trees of one product. */
  static final int MOST_TREES = 256;

  private static final long SEED = 210;
  private static final int REPEATS = 2;
  private static final int RANDOM_PAIRS = 12;

  /** More terms than any tensor core adds at once. */
  private static final int WIDEST_FUSED = 64;

  /** The most probes with which classes are made finer at once. */
  private static final int FINER = 8;

  private final Prober prober;
  private final ProductShape shape;

  OrderSearch(Prober prober) {
    this.prober = prober;
    shape = prober.shape();
  }

  /**
   * Reveals the order.
   *
   * @throws UnrevealedException if it cannot be revealed
   */
  RevealedProduct reveal() {
    requireDeterministic();
    OperandFormat ofA = OperandFormat.of(prober, Side.ROWS);
    OperandFormat ofB = OperandFormat.of(prober, Side.COLUMNS);
    Signatures signatures = new Signatures(shape);
    for (Probe probe : firstProbes(shape.k())) {
      signatures.add(prober, probe);
    }
    while (true) {
      ElementClasses classes = requireFew(signatures.classes());
      List<AdditionTree> trees = new ArrayList<>();
      List<Surprise> surprises = new ArrayList<>();
      Set<Probe> telling = find(classes, signatures, trees);
      if (telling.isEmpty()) {
        requireHardwareSums(trees);
        telling = confirm(classes, trees, surprises);
      }
      if (telling.isEmpty() && surprises.isEmpty()) {
        return new RevealedProduct(shape, classes, trees, ofA, ofB, prober.products());
      }
      telling.stream().limit(FINER).forEach(probe -> signatures.add(prober, probe));
      surprises.stream().limit(FINER).forEach(each -> signatures.add(prober, each.probe()));
      if (signatures.classes().count() == classes.count()) {
        throw telling.isEmpty() ? unexplained(surprises.getFirst()) : unrepeated(telling);
      }
    }
  }

  private static UnrevealedException unexplained(Surprise surprise) {
    return new UnrevealedException(
        Unrevealed.Reason.VALUE_DEPENDENT,
        String.format(
            Locale.ROOT,
            "a product of %s has elements of %d, where the order that ones revealed gives %d",
            surprise.probe().words(),
            surprise.told(),
            surprise.expected()));
  }

  private static UnrevealedException unrepeated(Set<Probe> telling) {
    return new UnrevealedException(
        Unrevealed.Reason.NON_DETERMINISTIC,
        "a product of "
            + telling.iterator().next().words()
            + " told equal elements apart, and did not when it was computed again");
  }

  private void requireDeterministic() {
    FloatMatrix a = RandomOperands.of(Side.ROWS, shape, SEED);
    FloatMatrix b = RandomOperands.of(Side.COLUMNS, shape, SEED);
    FloatMatrix first = prober.product(a, b).copy();
    for (int i = 0; i < REPEATS; i++) {
      FloatMatrix again = prober.product(a, b);
      int at = first.firstDifference(again);
      if (at >= 0) {
        throw new UnrevealedException(
            Unrevealed.Reason.NON_DETERMINISTIC,
            String.format(
                Locale.ROOT,
                "element (%d, %d) of the same random operands was %s and then %s",
                at / shape.n(),
                at % shape.n(),
                Float.toHexString(first.data()[at]),
                Float.toHexString(again.data()[at])));
      }
    }
  }

  private ElementClasses requireFew(ElementClasses classes) {
    if (classes.count() > MOST_TREES) {
      throw new UnrevealedException(
          Unrevealed.Reason.TOO_MANY_TREES,
          String.format(
              Locale.ROOT,
              "%d classes of elements differ in their order; at most %d are revealed",
              classes.count(),
              MOST_TREES));
    }
    int least = 0;
    for (int elementClass = 0; elementClass < classes.count(); elementClass++) {
      Place place = classes.place(elementClass);
      int lanes = classes.lanes(place.side()).get(place.laneClass()).length;
      least = Math.max(least, Math.ceilDiv(shape.k() - 1, lanes));
    }
    prober.require(least);
    return classes;
  }

  /**
   * Pairs of terms that tell usual orders apart, and random ones; and what else trees differ in.
   */
  private static List<Probe> firstProbes(int k) {
    Set<Probe> probes = new LinkedHashSet<>();
    probes.add(new Probe.NegativeZeros());
    if (k == 1) {
      return List.copyOf(probes);
    }
    Set<Mask> masks = new LinkedHashSet<>();
    for (int distance = 1; distance < k; distance *= 2) {
      masks.add(new Mask(0, distance));
    }
    masks.add(new Mask(0, k - 1));
    masks.add(new Mask(k - 2, k - 1));
    masks.add(new Mask(k / 2 - 1, k / 2));
    SplittableRandom random = new SplittableRandom(SEED);
    List<Mask> pairs = new ArrayList<>();
    for (int i = 0; i < RANDOM_PAIRS; i++) {
      int one = random.nextInt(k);
      int other = (one + 1 + random.nextInt(k - 1)) % k;
      pairs.add(new Mask(Math.min(one, other), Math.max(one, other)));
    }
    masks.addAll(pairs);
    probes.addAll(masks);
    pairs.add(new Mask(0, 1));
    for (Mask pair : pairs) {
      probes.add(inexact(pair.plus(), pair.minus()));
      probes.add(inexact(pair.minus(), pair.plus()));
    }
    return List.copyOf(probes);
  }

  private static Probe inexact(int term, int partner) {
    return new Probe.Inexact(List.of(new Probe.Inexact.Pair(term, partner)));
  }

  /** Finds the tree of each class. Returns probes that tell elements of one class apart. */
  private Set<Probe> find(ElementClasses classes, Signatures signatures, List<AdditionTree> trees) {
    List<TreeSearch> searches = new ArrayList<>();
    for (int each = 0; each < classes.count(); each++) {
      searches.add(new TreeSearch(shape.k()));
    }
    while (!searches.stream().allMatch(TreeSearch::isDone)) {
      Batch batch = new Batch(prober, classes);
      for (int each = 0; each < searches.size(); each++) {
        Place place = classes.place(each);
        int elementClass = each;
        searches
            .get(each)
            .ask(
                (term, other, size) ->
                    batch.add(
                        place,
                        new Mask(Math.min(term, other), Math.max(term, other)),
                        elementClass,
                        size));
      }
      Set<Probe> telling = batch.run();
      if (!telling.isEmpty()) {
        return telling;
      }
      searches.forEach(TreeSearch::split);
    }
    List<AdditionTree> found = new ArrayList<>();
    for (int each = 0; each < searches.size(); each++) {
      Place place = classes.place(each);
      int lane = classes.lanes(place.side()).get(place.laneClass())[0];
      int across = classes.across(place, each);
      boolean rows = place.side() == Side.ROWS;
      found.add(
          searches.get(each).tree(signatures.start(rows ? lane : across, rows ? across : lane)));
    }
    return findRounding(classes, found, trees);
  }

  private Set<Probe> findRounding(
      ElementClasses classes, List<AdditionTree> found, List<AdditionTree> trees) {
    List<RoundingSearch> searches = found.stream().map(RoundingSearch::new).toList();
    while (!searches.stream().allMatch(RoundingSearch::isDone)) {
      Batch batch = new Batch(prober, classes);
      for (int each = 0; each < searches.size(); each++) {
        Place place = classes.place(each);
        int elementClass = each;
        searches.get(each).ask((probe, taker) -> batch.add(place, probe, elementClass, taker));
      }
      Set<Probe> telling = batch.run();
      if (!telling.isEmpty()) {
        return telling;
      }
      searches.forEach(RoundingSearch::split);
    }
    for (int each = 0; each < searches.size(); each++) {
      trees.add(searches.get(each).tree(found.get(each)));
    }
    return Set.of();
  }

  /** What a probe of an element told, which its tree does not explain. */
  private record Surprise(Probe probe, int expected, int told) {}

  /**
   * Asks for all neighbouring leaves, which fix a tree of sums of two, among terms of both signs.
   * Every class of rows that holds a tree is asked, though perhaps not for all.
   *
   * @return the probes that tell elements of one class apart, or one that no tree explains
   */
  private Set<Probe> confirm(
      ElementClasses classes, List<AdditionTree> trees, List<Surprise> surprises) {
    Batch batch = new Batch(prober, classes);
    for (int each = 0; each < trees.size(); each++) {
      Place usual = classes.place(each);
      int elementClass = each;
      List<Expected> expected = expected(trees.get(each));
      expected.forEach(next -> add(batch, usual, elementClass, next, surprises));
      for (int lane = 0; lane < classes.lanes(Side.ROWS).size(); lane++) {
        Place place = new Place(Side.ROWS, lane);
        if (!place.equals(usual) && classes.holds(Side.ROWS, lane, each)) {
          int most = Math.min(expected.size(), 2 * classes.lanes(Side.ROWS).get(lane).length);
          for (int i = 0; i < most; i++) {
            Expected next = expected.get((int) ((long) i * expected.size() / most));
            add(batch, place, each, next, surprises);
          }
        }
      }
    }
    return batch.run();
  }

  private static void add(
      Batch batch, Place place, int elementClass, Expected next, List<Surprise> surprises) {
    batch.add(
        place,
        next.probe(),
        elementClass,
        told -> {
          if (told != next.told()) {
            surprises.add(new Surprise(next.probe(), next.told(), told));
          }
        });
  }

  /** A probe and what it tells of a tree. */
  private record Expected(Probe probe, int told) {}

  /**
   * The probes of all neighbouring leaves. Of a negative term that a fused sum absorbs, some
   * devices leave a unit of its last place, so that there all terms are positive.
   */
  private static List<Expected> expected(AdditionTree tree) {
    int[] order = tree.order();
    int[] joins = tree.joins();
    int[] sums = new int[order.length + 1];
    for (int i = 0; i < order.length; i++) {
      sums[i + 1] = sums[i] + Probe.SignedMask.sign(order[i]);
    }
    List<Expected> expected = new ArrayList<>();
    boolean fused = tree.hasFusedSums();
    int[] larger = new int[joins.length]; // joins of nodes that begin before, from large to small
    int depth = 0;
    for (int i = 0; i < joins.length; i++) {
      while (depth > 0 && joins[larger[depth - 1]] <= joins[i]) {
        depth--;
      }
      int from = depth == 0 ? 0 : larger[depth - 1] + 1;
      larger[depth++] = i;
      int plus = Math.max(order[i], order[i + 1]);
      int minus = Math.min(order[i], order[i + 1]);
      int inside = sums[from + joins[i]] - sums[from];
      expected.add(
          fused
              ? new Expected(new Mask(plus, minus), joins[i])
              : new Expected(new Probe.SignedMask(plus, minus), sums[order.length] - inside));
    }
    return expected;
  }

  private static void requireHardwareSums(List<AdditionTree> trees) {
    for (AdditionTree tree : trees) {
      int widest = tree.widestSum();
      if (widest > WIDEST_FUSED) {
        throw new UnrevealedException(
            Unrevealed.Reason.VALUE_DEPENDENT,
            "masks at any two of "
                + widest
                + " terms absorb all others: the order depends on magnitudes, or the terms are"
                + " added at once");
      }
    }
  }
}
