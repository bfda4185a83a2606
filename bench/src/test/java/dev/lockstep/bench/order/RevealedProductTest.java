package dev.lockstep.bench.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.order.AdditionTree.Start;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Products of known order are revealed exactly, and what has no order is refused. */
final class RevealedProductTest {

  private static final ProbeLimit LIMIT = ProbeLimit.ofProducts(100_000);

  private static RevealedProduct revealed(ProductShape shape, Multiplication multiplication) {
    return switch (RevealedProduct.of(shape, multiplication, LIMIT)) {
      case RevealedProduct revealed -> revealed;
      case Unrevealed unrevealed -> throw new AssertionError(unrevealed.toString());
    };
  }

  private static Unrevealed refused(ProductShape shape, Multiplication multiplication) {
    return switch (RevealedProduct.of(shape, multiplication, LIMIT)) {
      case RevealedProduct revealed -> throw new AssertionError(revealed.classes().toString());
      case Unrevealed unrevealed -> unrevealed;
    };
  }

  private static Verification verified(RevealedProduct revealed, Multiplication multiplication) {
    return Verification.ofRandom(revealed, multiplication, LIMIT, 1);
  }

  private static AdditionTree blocks(int k, int size) {
    Sum sum = Sum.chain(IntStream.range(0, Math.min(size, k)));
    for (int from = size; from < k; from += size) {
      sum = new Sum.Plus(sum, Sum.chain(IntStream.range(from, Math.min(from + size, k))));
    }
    return sum.tree(Start.ZERO);
  }

  private static Sum pairwise(int from, int to) {
    if (to - from == 1) {
      return new Sum.Term(from);
    }
    int middle = (from + to + 1) / 2;
    return new Sum.Plus(pairwise(from, middle), pairwise(middle, to));
  }

  private static Sum lane(int k, int lane) {
    return Sum.chain(IntStream.iterate(lane, t -> t < k, t -> t + 4));
  }

  static Stream<Arguments> known() {
    int k = 133;
    Sum multiplyAndAdd = new Sum.Term(0);
    Sum oneRounded = new Sum.Term(0);
    for (int t = 1; t < k; t++) {
      multiplyAndAdd = new Sum.Plus(multiplyAndAdd, new Sum.Term(t));
      oneRounded = t == 7 ? new Sum.Plus(oneRounded, new Sum.Term(t)) : new Sum.Fma(t, oneRounded);
    }
    return Stream.of(
        Arguments.of(KnownOrder.CHAIN, AdditionTree.canonical(k), "one chain of 133 fma"),
        Arguments.of(
            KnownOrder.DESCENDING,
            Sum.chain(IntStream.range(0, k).map(t -> k - 1 - t)).tree(Start.ZERO),
            "one chain of 133 fma in descending order"),
        Arguments.of(
            KnownOrder.MULTIPLY_AND_ADD,
            multiplyAndAdd.tree(Start.PRODUCT),
            "one chain of 133 multiply and add; starts from the first product, not from +0"),
        Arguments.of(
            KnownOrder.BLOCKED,
            blocks(k, 64),
            "2 chains of 64 and 1 of 5 consecutive terms, fma, added one after the other"),
        Arguments.of(
            KnownOrder.PAIRWISE,
            pairwise(0, k).tree(Start.PRODUCT),
            "5 chains of 3 and 59 of 2 consecutive terms, multiply and add, added pairwise,"
                + " neighbours first; starts from the first product, not from +0"),
        Arguments.of(
            KnownOrder.HALVES,
            new Sum.Plus(Sum.chain(IntStream.range(0, k / 2)), Sum.chain(IntStream.range(k / 2, k)))
                .tree(Start.ZERO),
            "chains of 66 and 67 consecutive terms, fma, added"),
        Arguments.of(
            KnownOrder.INTERLEAVED,
            new Sum.Plus(new Sum.Plus(lane(k, 0), lane(k, 1)), new Sum.Plus(lane(k, 2), lane(k, 3)))
                .tree(Start.ZERO),
            "4 chains of k mod 4, fma, added pairwise, neighbours first"),
        Arguments.of(
            KnownOrder.ONE_ROUNDED,
            oneRounded.tree(Start.ZERO),
            "one chain of 133 terms, 131 fma, 1 multiply and add (term 7)"));
  }

  @ParameterizedTest
  @MethodSource("known")
  void revealsAKnownOrderInEveryFormAndReplaysIt(
      KnownOrder order, AdditionTree tree, String words) {
    for (ProductForm form : ProductForm.values()) {
      ProductShape shape = new ProductShape(form, 3, 5, tree.terms());
      RevealedProduct revealed = revealed(shape, order.in(shape));
      assertThat(revealed.classes()).hasSize(1);
      assertThat(revealed.tree(2, 4)).isEqualTo(tree);
      assertThat(revealed.describe(2, 4)).isEqualTo(words);
      Verification verification = verified(revealed, order.in(shape));
      assertThat(verification.elements()).isGreaterThanOrEqualTo(Verification.FEWEST);
      assertThat(verification.first()).isEmpty();
    }
  }

  /** Whatever order there may be, of few terms, with two classes of rows and of columns. */
  @Test
  void revealsAnyOrder() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 300; i++) {
      int k = 1 + random.nextInt(40);
      List<Integer> terms = new ArrayList<>(IntStream.range(0, k).boxed().toList());
      List<Sum> sums = new ArrayList<>();
      for (int each = 0; each < 3; each++) {
        Collections.shuffle(terms, new Random(random.nextLong()));
        sums.add(Sum.random(terms, random));
      }
      ProductShape shape = new ProductShape(ProductForm.values()[i % 3], 2 + i % 7, 3, k);
      int cut = random.nextInt(shape.m());
      KnownOrder order =
          (row, column, a, b) -> sums.get(row >= cut ? 2 : column == 1 ? 1 : 0).of(a, b);
      RevealedProduct revealed = revealed(shape, order.in(shape));
      for (int row = 0; row < shape.m(); row++) {
        for (int column = 0; column < shape.n(); column++) {
          Sum sum = sums.get(row >= cut ? 2 : column == 1 ? 1 : 0);
          assertThat(revealed.tree(row, column))
              .as("%s of %s", sum, shape)
              .isEqualTo(sum.tree(Start.PRODUCT));
        }
      }
      assertThat(verified(revealed, order.in(shape)).first()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(ProductForm.class)
  void revealsRowsAndColumnsWithAnOrderOfTheirOwn(ProductForm form) {
    ProductShape shape = new ProductShape(form, 10, 35, 65);
    KnownOrder order = KnownOrder.tailOf(KnownOrder.INTERLEAVED, KnownOrder.HALVES);
    RevealedProduct revealed = revealed(shape, order.in(shape));
    List<String> words = new ArrayList<>();
    for (RevealedProduct.TreeClass each : revealed.classes()) {
      for (RevealedProduct.Block block : each.blocks()) {
        words.add(
            Ranges.words("row", block.rows(), 10)
                + ", "
                + Ranges.words("column", block.columns(), 35)
                + ": "
                + each.tree());
      }
    }
    assertThat(words)
        .containsExactly(
            "rows 0-7, columns 0-31: one chain of 65 fma",
            "rows 0-7, columns 32-34: 4 chains of k mod 4, fma, added pairwise, neighbours first",
            "rows 8-9, all columns: chains of 32 and 33 consecutive terms, fma, added");
    assertThat(verified(revealed, order.in(shape)).first()).isEmpty();
  }

  /**
   * One element of many, in which only the last two terms are exchanged, is found by no first
   * probe.
   */
  @Test
  void findsWhatTheFirstProbesDoNotTellApart() {
    ProductShape shape = new ProductShape(ProductForm.AB, 4, 50, 200);
    Sum exchanged = new Sum.Term(0);
    for (int t = 1; t < 200; t++) {
      exchanged = new Sum.Fma(t == 150 ? 151 : t == 151 ? 150 : t, exchanged);
    }
    Sum wrong = exchanged;
    KnownOrder order =
        (row, column, a, b) ->
            column == 17 ? 0f + wrong.of(a, b) : KnownOrder.chain(a, b, 0, a.length, 1);
    RevealedProduct revealed = revealed(shape, order.in(shape));
    assertThat(revealed.tree(0, 16)).isEqualTo(AdditionTree.canonical(200));
    assertThat(revealed.tree(3, 17)).isEqualTo(wrong.tree(Start.ZERO));
    assertThat(revealed.classes()).hasSize(2);
  }

  /** A chain of 5000 terms, and one in descending order, are as deep as they have terms. */
  @Test
  void isNotLimitedByTheStack() {
    for (KnownOrder order : List.of(KnownOrder.CHAIN, KnownOrder.DESCENDING)) {
      ProductShape shape = new ProductShape(ProductForm.AB, 64, 2, 5000);
      RevealedProduct revealed = revealed(shape, order.in(shape));
      assertThat(revealed.describe(0, 0)).startsWith("one chain of 5000 fma");
      assertThat(revealed.products()).isLessThan(500);
      assertThat(TreeDrawing.of(revealed.tree(0, 0), 3)).hasSize(1);
    }
  }

  @Test
  void rowsOrColumnsCarryAPairEach() {
    ProductShape wide = new ProductShape(ProductForm.AB, 100, 3, 1000);
    ProductShape narrow = new ProductShape(ProductForm.AB, 3, 100, 1000);
    assertThat(revealed(wide, KnownOrder.CHAIN.in(wide)).products()).isLessThan(100);
    assertThat(revealed(narrow, KnownOrder.CHAIN.in(narrow)).products()).isLessThan(100);
  }

  private static KnownOrder roundedTo(OperandFormat format) {
    return (_, _, a, b) -> KnownOrder.chain(format.round(a), format.round(b), 0, a.length, 1);
  }

  @Test
  void findsTheRoundingOfOperands() {
    for (OperandFormat.Mode mode : OperandFormat.Mode.values()) {
      for (int bits : mode == OperandFormat.Mode.EXACT ? List.of(23) : List.of(10, 7, 5)) {
        OperandFormat format = new OperandFormat(bits, mode);
        ProductShape shape = new ProductShape(ProductForm.ABT, 4, 2, 30);
        RevealedProduct revealed = revealed(shape, roundedTo(format).in(shape));
        assertThat(revealed.formatOfA()).isEqualTo(format);
        assertThat(revealed.formatOfB()).isEqualTo(format);
        assertThat(revealed.describe(0, 0))
            .isEqualTo("one chain of 30 " + (bits > 11 ? "fma" : "exact products"));
        assertThat(verified(revealed, roundedTo(format).in(shape)).first()).isEmpty();
      }
    }
  }

  /**
   * Adds some terms at once to a sum, as tensor cores do: aligned to the largest, with what lies 24
   * bits below it cut off.
   */
  private static KnownOrder fusedSums(int width, DoubleUnaryOperator cut) {
    return (_, _, a, b) -> {
      float sum = 0;
      for (int from = 0; from < a.length; from += width) {
        int to = Math.min(from + width, a.length);
        double largest = Math.abs(sum);
        for (int t = from; t < to; t++) {
          largest = Math.max(largest, Math.abs((double) a[t] * b[t]));
        }
        double unit = largest == 0 ? 1 : Math.scalb(1.0, Math.getExponent(largest) - 24);
        double exact = cut.applyAsDouble(sum / unit) * unit;
        for (int t = from; t < to; t++) {
          exact += cut.applyAsDouble((double) a[t] * b[t] / unit) * unit;
        }
        sum = (float) exact;
      }
      return sum;
    };
  }

  @Test
  void recognisesFusedSums() {
    for (int width : List.of(4, 8, 16)) {
      for (DoubleUnaryOperator cut :
          List.<DoubleUnaryOperator>of(Math::floor, x -> x < 0 ? Math.ceil(x) : Math.floor(x))) {
        ProductShape shape = new ProductShape(ProductForm.AB, 5, 4, 64);
        Multiplication multiplication = fusedSums(width, cut).in(shape);
        RevealedProduct revealed = revealed(shape, multiplication);
        assertThat(revealed.tree(0, 0).hasFusedSums()).isTrue();
        assertThat(revealed.describe(0, 0))
            .isEqualTo(64 / width + " fused sums of " + width + " terms each, one after the other");
        assertThat(TreeDrawing.of(revealed.tree(0, 0), 5))
            .first()
            .isEqualTo("fused sum of " + (width + 1));
        assertThat(verified(revealed, multiplication).elements()).isZero();
      }
    }
  }

  /** A sound product, but for one bit of one element. */
  private static Multiplication broken(Multiplication sound, boolean always) {
    return (a, b) -> {
      FloatMatrix c = sound.product(a, b);
      float first = a.data()[0];
      if (always || (Math.abs(first) < 1 && first != 0)) {
        c.data()[7] = Float.intBitsToFloat(Float.floatToRawIntBits(c.data()[7]) ^ 1);
      }
      return c;
    };
  }

  @Test
  void oneWrongBitIsCaught() {
    ProductShape shape = new ProductShape(ProductForm.AB, 3, 5, 90);
    Multiplication sound = KnownOrder.BLOCKED.in(shape);
    RevealedProduct revealed = revealed(shape, broken(sound, false));
    Verification verification = verified(revealed, broken(sound, false));
    assertThat(verification.agrees()).isFalse();
    Verification.Mismatch first = verification.first().orElseThrow();
    assertThat(first.row()).isEqualTo(1);
    assertThat(first.column()).isEqualTo(2);
    assertThat(Math.abs(first.product() - first.replayed()))
        .isEqualTo(Math.ulp(Math.min(Math.abs(first.product()), Math.abs(first.replayed()))));
    assertThat(first.tree()).isEqualTo(blocks(90, 64));
    // In every product, also of ones: then no count is whole.
    Unrevealed refused = refused(shape, broken(sound, true));
    assertThat(refused.evidence()).contains("element (1, 2)");
  }

  @Test
  void aRandomOrderIsRefused() {
    SplittableRandom random = new SplittableRandom(3);
    KnownOrder order =
        (_, _, a, b) ->
            random.nextBoolean()
                ? KnownOrder.CHAIN.sum(0, 0, a, b)
                : KnownOrder.HALVES.sum(0, 0, a, b);
    ProductShape shape = new ProductShape(ProductForm.AB, 4, 4, 50);
    Unrevealed refused = refused(shape, order.in(shape));
    assertThat(refused.reason()).isEqualTo(Unrevealed.Reason.NON_DETERMINISTIC);
    assertThat(refused.evidence()).matches("element \\(\\d, \\d\\) of the same random operands .*");
  }

  private static float[] products(float[] a, float[] b) {
    float[] products = new float[a.length];
    for (int t = 0; t < a.length; t++) {
      products[t] = a[t] * b[t];
    }
    return products;
  }

  @Test
  void anOrderThatDependsOnValuesIsRefused() {
    KnownOrder positiveFirst =
        (_, _, a, b) -> {
          float positive = 0;
          float negative = 0;
          for (float product : products(a, b)) {
            if (product > 0) {
              positive += product;
            } else {
              negative += product;
            }
          }
          return positive + negative;
        };
    KnownOrder ascending =
        (_, _, a, b) -> {
          Float[] sorted = new Float[a.length];
          Arrays.setAll(sorted, t -> a[t] * b[t]);
          Arrays.sort(sorted, (x, y) -> Float.compare(Math.abs(x), Math.abs(y)));
          float sum = 0;
          for (float product : sorted) {
            sum += product;
          }
          return sum;
        };
    KnownOrder descendingIfNegative =
        (_, _, a, b) -> (a[0] < 0 ? KnownOrder.DESCENDING : KnownOrder.CHAIN).sum(0, 0, a, b);
    ProductShape shape = new ProductShape(ProductForm.AB, 4, 3, 150);
    for (KnownOrder order : List.of(positiveFirst, ascending)) {
      Unrevealed refused = refused(shape, order.in(shape));
      assertThat(refused.reason()).isEqualTo(Unrevealed.Reason.VALUE_DEPENDENT);
      assertThat(refused.evidence()).contains("150 terms absorb all others");
    }
    // Ones do not show it; random operands do.
    Multiplication hidden = descendingIfNegative.in(shape);
    switch (RevealedProduct.of(shape, hidden, LIMIT)) {
      case Unrevealed unrevealed ->
          assertThat(unrevealed.reason()).isEqualTo(Unrevealed.Reason.VALUE_DEPENDENT);
      case RevealedProduct revealed -> assertThat(verified(revealed, hidden).agrees()).isFalse();
    }
  }

  @Test
  void widerSumsAreRefused() {
    KnownOrder wide =
        (_, _, a, b) -> {
          double sum = 0;
          for (int t = 0; t < a.length; t++) {
            sum += (double) a[t] * b[t];
          }
          return (float) sum;
        };
    ProductShape shape = new ProductShape(ProductForm.AB, 4, 3, 20);
    Unrevealed refused = refused(shape, wide.in(shape));
    assertThat(refused.reason()).isEqualTo(Unrevealed.Reason.NO_BINARY32_SUM);
    assertThat(refused.evidence()).contains("wider than binary32");
  }

  @Test
  void whatIsTooMuchIsRefusedWithItsNumbers() {
    KnownOrder each =
        (i, j, a, b) -> {
          int cut = 1 + (i * 40 + j) % (a.length - 1);
          return KnownOrder.chain(a, b, 0, cut, 1) + KnownOrder.chain(a, b, cut, a.length, 1);
        };
    ProductShape shape = new ProductShape(ProductForm.AB, 40, 40, 1000);
    Unrevealed refused = refused(shape, each.in(shape));
    assertThat(refused.reason()).isEqualTo(Unrevealed.Reason.TOO_MANY_TREES);
    assertThat(refused.evidence()).contains("at most 256");

    ProductShape narrow = new ProductShape(ProductForm.AB, 1, 1, 500);
    Revelation limited =
        RevealedProduct.of(narrow, KnownOrder.CHAIN.in(narrow), ProbeLimit.ofProducts(100));
    assertThat(limited)
        .isInstanceOfSatisfying(
            Unrevealed.class,
            unrevealed -> {
              assertThat(unrevealed.reason()).isEqualTo(Unrevealed.Reason.BUDGET);
              assertThat(unrevealed.evidence()).matches("at least \\d+ products would be needed.*");
            });
  }
}
