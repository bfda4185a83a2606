package dev.lockstep.bench.order;

import dev.lockstep.program.ProductShape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A product whose order of addition is known: the tree of every element.
 *
 * <p>Probing proves the trees of the elements that it probed. That the others of a class have the
 * same, and that the order does not depend on the numbers, is what {@link Verification} is for.
 */
public final class RevealedProduct implements Revelation {

  private final ProductShape shape;
  private final ElementClasses classes;
  private final List<AdditionTree> trees;
  private final OperandFormat ofA;
  private final OperandFormat ofB;
  private final int products;

  RevealedProduct(
      ProductShape shape,
      ElementClasses classes,
      List<AdditionTree> trees,
      OperandFormat ofA,
      OperandFormat ofB,
      int products) {
    this.shape = shape;
    this.classes = classes;
    this.trees = List.copyOf(trees);
    this.ofA = ofA;
    this.ofB = ofB;
    this.products = products;
  }

  /**
   * Reveals the order of a product.
   *
   * @param shape at least one row, column and term, and at most {@link
   *     dev.lockstep.input.Limits#TERMS} terms
   * @param multiplication the product, which must compute in the same way each time
   * @throws dev.lockstep.backend.BackendFault if the backend fails
   */
  public static Revelation of(ProductShape shape, Multiplication multiplication, ProbeLimit limit) {
    Prober prober = new Prober(shape, multiplication, limit);
    try {
      return new OrderSearch(prober).reveal();
    } catch (UnrevealedException e) {
      return new Unrevealed(e.reason(), e.evidence(), prober.products());
    }
  }

  /**
   * Elements that have the same tree.
   *
   * @param blocks together all of them
   */
  public record TreeClass(AdditionTree tree, List<Block> blocks) {}

  /** Elements where some rows and some columns cross. */
  public record Block(BitSet rows, BitSet columns) {}

  /** The shape. */
  public ProductShape shape() {
    return shape;
  }

  @Override
  public int products() {
    return products;
  }

  /** How operands of A are rounded. */
  public OperandFormat formatOfA() {
    return ofA;
  }

  /** How operands of B are rounded. */
  public OperandFormat formatOfB() {
    return ofB;
  }

  /** The tree of an element. */
  public AdditionTree tree(int row, int column) {
    return trees.get(classes.of(row, column));
  }

  /** The trees of the elements by number, from 0. */
  List<AdditionTree> trees() {
    return trees;
  }

  /** The number of an element's tree. */
  int treeNumber(int row, int column) {
    return classes.of(row, column);
  }

  /** The order of an element's additions in words. */
  public String describe(int row, int column) {
    return TreeWords.of(tree(row, column));
  }

  /** Whether some trees have sums whose arithmetic is a device's, which no replay computes. */
  public boolean hasFusedSums() {
    return trees.stream().anyMatch(AdditionTree::hasFusedSums);
  }

  /** All trees, with the elements of each. */
  public List<TreeClass> classes() {
    List<TreeClass> all = new ArrayList<>();
    for (int tree = 0; tree < trees.size(); tree++) {
      all.add(new TreeClass(trees.get(tree), blocks(tree)));
    }
    return all;
  }

  private List<Block> blocks(int tree) {
    List<Block> blocks = new ArrayList<>();
    for (int r = 0; r < classes.lanes(Side.ROWS).size(); r++) {
      BitSet columns = new BitSet();
      for (int c = 0; c < classes.lanes(Side.COLUMNS).size(); c++) {
        if (classes.at(Side.ROWS, r, c) == tree) {
          set(columns, classes.lanes(Side.COLUMNS).get(c));
        }
      }
      if (!columns.isEmpty()) {
        int[] rows = classes.lanes(Side.ROWS).get(r);
        blocks.stream()
            .filter(block -> block.columns().equals(columns))
            .findFirst()
            .ifPresentOrElse(
                block -> set(block.rows(), rows),
                () -> {
                  BitSet own = new BitSet();
                  set(own, rows);
                  blocks.add(new Block(own, columns));
                });
      }
    }
    return blocks;
  }

  private static void set(BitSet set, int[] members) {
    for (int member : members) {
      set.set(member);
    }
  }
}
