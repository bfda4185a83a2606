package dev.lockstep.bench.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.bench.order.AdditionTree.Start;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trees in words and drawings. */
final class TreeWordsTest {

  private static Sum lanes(int from, int to, int lanes) {
    List<Sum> sums = new ArrayList<>();
    for (int lane = 0; lane < lanes; lane++) {
      int first = from + lane;
      sums.add(Sum.chain(IntStream.iterate(first, t -> t < to, t -> t + lanes)));
    }
    while (sums.size() > 1) {
      int half = sums.size() / 2;
      List<Sum> next = new ArrayList<>();
      for (int i = 0; i < half; i++) {
        next.add(new Sum.Plus(sums.get(i), sums.get(i + half)));
      }
      sums = next;
    }
    return sums.getFirst();
  }

  private static String words(Sum sum) {
    return sum.tree(Start.ZERO).toString();
  }

  @Test
  void saysWhatAPersonWouldSay() {
    assertThat(words(lanes(0, 65, 16)))
        .isEqualTo("16 chains of k mod 16, fma, added pairwise, those 8 apart first");
    Sum blocks = lanes(0, 64, 4);
    for (int from = 64; from < 256; from += 64) {
      blocks = new Sum.Plus(blocks, lanes(from, from + 64, 4));
    }
    assertThat(words(blocks))
        .isEqualTo(
            "4 x [4 chains of k mod 4, fma, added pairwise, those 2 apart first], added one after"
                + " the other");
    Sum tail = new Sum.Fma(65, new Sum.Fma(64, lanes(0, 64, 4)));
    assertThat(words(tail))
        .isEqualTo(
            "4 chains of k mod 4, fma, added pairwise, those 2 apart first; onto that a chain of 2"
                + " fma (terms 64-65)");
    assertThat(words(new Sum.Term(0))).isEqualTo("one product");
    assertThat(TreeDrawing.of(tail.tree(Start.ZERO), 20))
        .containsExactly(
            "chain of 2 onto: terms 64-65, fma",
            "`- sum of 64 terms",
            "   |- sum of 32 terms",
            "   |  |- chain of 16: terms 0, 4 ... 60, fma",
            "   |  `- chain of 16: terms 2, 6 ... 62, fma",
            "   `- sum of 32 terms",
            "      |- chain of 16: terms 1, 5 ... 61, fma",
            "      `- chain of 16: terms 3, 7 ... 63, fma");
    assertThat(TreeDrawing.of(tail.tree(Start.ZERO), 3)).last().isEqualTo("... and 5 more parts");
  }

  /** Whatever the tree, the words are few, and the picture has every term once. */
  @Test
  void describesAnyTree() {
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 500; i++) {
      List<Integer> terms =
          new ArrayList<>(IntStream.range(0, 1 + random.nextInt(120)).boxed().toList());
      Collections.shuffle(terms, new Random(random.nextLong()));
      AdditionTree tree = Sum.random(terms, random).tree(Start.ZERO);
      assertThat(tree.toString()).isNotEmpty().hasSizeLessThan(500);
      assertThat(AdditionTree.of(tree.order(), tree.joins(), Start.ZERO).order())
          .isEqualTo(tree.order());
      assertThat(Piece.of(tree).stream().mapToInt(piece -> piece.terms().length).sum())
          .isEqualTo(terms.size());
      assertThat(Piece.of(tree).getLast().size()).isEqualTo(terms.size());
      TreePicture picture = TreePicture.of(tree);
      assertThat(picture.marks())
          .allSatisfy(
              mark -> {
                assertThat(mark.x()).isBetween(0.0, (double) picture.width());
                assertThat(mark.y()).isBetween(0.0, (double) picture.height());
              });
      assertThat(TreeSvg.of(tree, "<title> & more"))
          .asString()
          .contains("&lt;title&gt; &amp; more");
    }
  }

  /** Sums and chains by turns are as deep as they are long. */
  @Test
  void isNotLimitedByTheStack() {
    int k = 300_000;
    int[] order = IntStream.range(0, k).toArray();
    // Pairs, added one after the other, with a term between: ((01) 2) + (34)) 5) + (67) ...
    int[] joins = new int[k - 1];
    for (int i = 0; i < joins.length; i++) {
      joins[i] = i % 3 == 0 && i > 0 ? 2 : i % 3 == 2 ? i + 3 : i + 2;
    }
    joins[k - 2] = k;
    AdditionTree tree = AdditionTree.of(order, joins, Start.ZERO);
    assertThat(tree.toString()).contains("no simple order").hasSizeLessThan(200);
    assertThat(TreeDrawing.of(tree, 5)).hasSize(6);
    assertThat(TreePicture.of(tree).marks()).isNotEmpty();
  }

  @Test
  void describesFusedSumsOfUnequalWidth() {
    // 3 terms at once, then twice 8 to that.
    int[] order = IntStream.range(0, 19).toArray();
    int[] joins = IntStream.range(1, 19).map(t -> t < 3 ? 3 : t < 11 ? 11 : 19).toArray();
    assertThat(AdditionTree.of(order, joins, Start.ZERO).toString())
        .isEqualTo("[a fused sum of 3 terms] + 2 fused sums of 8 terms each, one after the other");
  }

  @ParameterizedTest
  @CsvSource({"0 1 2, 2", "0 1 1, 2 3", "0 1 3, 2 3", "0 1 2, 2 2", "0 1 2, 3 2 3", "0 1 2, 1 3"})
  void whatIsNoTreeIsRefused(String order, String joins) {
    assertThatThrownBy(() -> AdditionTree.of(numbers(order), numbers(joins), Start.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static int[] numbers(String text) {
    return List.of(text.split(" ")).stream().mapToInt(Integer::parseInt).toArray();
  }
}
