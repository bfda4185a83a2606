package dev.lockstep.bench.order;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.bench.order.Unrevealed.Reason;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What was found out about one product of a backend.
 *
 * @param runsOn what the backend runs on: the library's version and kernels, or the device
 * @param threads null on a device
 * @param verdict AGREES if every replayed element has the product's bits, DIFFERS if not all have,
 *     or an exact backend does not add in canonical order
 * @param obstacle why the order could not be revealed; null if it was, or if nothing was asked
 * @param reason the verdict's reason, in one sentence
 * @param products the number of products that were computed to reveal the order
 * @param operands how operands are rounded; null if the order was not revealed
 * @param replay null if the order was not revealed
 * @param trees the trees, with the elements of each
 */
public record ProductOrder(
    String backend,
    Hardware hardware,
    String runsOn,
    @JsonSetter(nulls = Nulls.SET) @Nullable Integer threads,
    ProductForm form,
    int m,
    int n,
    int k,
    Verdict verdict,
    @JsonSetter(nulls = Nulls.SET) @Nullable Reason obstacle,
    String reason,
    int products,
    @JsonSetter(nulls = Nulls.SET) @Nullable Operands operands,
    @JsonSetter(nulls = Nulls.SET) @Nullable Replayed replay,
    List<Tree> trees) {

  public ProductOrder {
    trees = List.copyOf(trees);
  }

  /** How the operands are rounded. */
  public record Operands(OperandFormat a, OperandFormat b) {}

  /**
   * How many elements were replayed.
   *
   * @param first the first that differs
   */
  public record Replayed(
      int elements, int differing, @JsonSetter(nulls = Nulls.SET) @Nullable Differing first) {}

  /**
   * An element that differs from its replay.
   *
   * @param product the product's value, such as {@code 0x1.8p3}
   * @param replayed the replay's
   * @param tree the number of its tree, from 0
   */
  public record Differing(int row, int column, String product, String replayed, int tree) {}

  /**
   * A tree and the elements that are added in its order.
   *
   * @param words a description
   * @param order the terms, as the leaves stand from left to right
   * @param joins for each leaf but the last, the number of leaves below the lowest node that holds
   *     it and the next; a node is fused if it has more than two children
   * @param exact whether all products are exact, because operands have so few bits
   * @param rounded the terms whose product is rounded before it is added to a sum
   */
  public record Tree(
      String words,
      AdditionTree.Start start,
      List<Integer> order,
      List<Integer> joins,
      boolean exact,
      List<Integer> rounded,
      List<Block> blocks) {

    static Tree of(RevealedProduct.TreeClass found) {
      AdditionTree tree = found.tree();
      return new Tree(
          TreeWords.of(tree),
          tree.start(),
          list(tree.order()),
          list(tree.joins()),
          tree.rounding(0) == AdditionTree.Rounding.EXACT,
          IntStream.range(0, tree.terms())
              .filter(term -> tree.rounding(term) == AdditionTree.Rounding.ROUNDED)
              .boxed()
              .toList(),
          found.blocks().stream().map(Block::of).toList());
    }

    private static List<Integer> list(int[] numbers) {
      return IntStream.of(numbers).boxed().toList();
    }

    /** The tree itself. */
    AdditionTree tree() {
      BitSet fused = new BitSet();
      fused.set(0, order.size());
      rounded.forEach(fused::clear);
      AdditionTree tree = AdditionTree.of(array(order), array(joins), start);
      return exact ? tree.withExactProducts() : tree.withFused(fused);
    }

    private void require(String source, ProductOrder product) {
      if (order.size() != product.k()) {
        throw new InputException(
            source, "number of terms", order.size(), "expected k, " + product.k());
      }
      for (int term : rounded) {
        if (term < 0 || term >= product.k()) {
          throw new InputException(source, "rounded", term, "expected a term");
        }
      }
      try {
        var _ = tree();
      } catch (IllegalArgumentException e) {
        throw new InputException(source, "joins", joins, "which are no tree");
      }
      if (blocks.isEmpty()) {
        throw new InputException(source, "number of blocks", 0, "expected at least 1");
      }
      for (Block block : blocks) {
        block.rows().forEach(range -> range.require(source, "rows", product.m()));
        block.columns().forEach(range -> range.require(source, "columns", product.n()));
      }
    }

    private static int[] array(List<Integer> numbers) {
      return numbers.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  /** Elements where rows and columns cross. */
  public record Block(List<Range> rows, List<Range> columns) {
    private static Block of(RevealedProduct.Block block) {
      return new Block(Range.of(block.rows()), Range.of(block.columns()));
    }
  }

  /** Successive rows or columns, both ends included. */
  public record Range(int first, int last) {
    private void require(String source, String field, int all) {
      if (first < 0 || last < first || last >= all) {
        throw new InputException(
            source, field, first + " to " + last, "expected a range below " + all);
      }
    }

    private static List<Range> of(BitSet set) {
      return Ranges.runs(set).stream().map(run -> new Range(run[0], run[1])).toList();
    }
  }

  /**
   * Checks what a file holds.
   *
   * @param source the file
   * @throws InputException naming the field and the value, if this is no order of a product
   */
  void require(String source) {
    for (int size : new int[] {m, n, k}) {
      if (size < 1) {
        throw new InputException(source, "size", size, "expected at least 1");
      }
    }
    Limits.TERMS.require(source, "k", k);
    if (operands != null) {
      operands.a().require(source);
      operands.b().require(source);
    }
    if (verdict == Verdict.AGREES && (replay == null || replay.differing() > 0)) {
      throw new InputException(source, "verdict", verdict, "which contradicts the replay");
    }
    trees.forEach(tree -> tree.require(source, this));
  }

  /** The shape of the product. */
  @JsonIgnore
  ProductShape shape() {
    return new ProductShape(form, m, n, k);
  }

  /** {@code openblas, 2 threads, AB 33 x 129 x 300}. */
  String title() {
    String on = threads == null ? "" : ", " + threads + (threads == 1 ? " thread" : " threads");
    String emulated = hardware == Hardware.EMULATED ? " (EMULATED)" : "";
    return backend + emulated + on + ", " + shape();
  }

  /** {@code rows 0-7, columns 0-31 and 33}: where a block lies. */
  String words(Block block) {
    return Ranges.words("row", runs(block.rows()), m)
        + ", "
        + Ranges.words("column", runs(block.columns()), n);
  }

  private static List<int[]> runs(List<Range> ranges) {
    return ranges.stream().map(range -> new int[] {range.first(), range.last()}).toList();
  }
}
