package dev.lockstep.bench.order;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.program.ProductShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Computes products of probes, and counts them. */
final class Prober {

  private final ProductShape shape;
  private final Multiplication multiplication;
  private final ProbeLimit limit;
  private final OperandPanel a;
  private final OperandPanel b;
  private int products;

  Prober(ProductShape shape, Multiplication multiplication, ProbeLimit limit) {
    this.shape = shape;
    this.multiplication = multiplication;
    this.limit = limit;
    a = OperandPanel.of(Side.ROWS, shape);
    b = OperandPanel.of(Side.COLUMNS, shape);
  }

  ProductShape shape() {
    return shape;
  }

  int products() {
    return products;
  }

  /**
   * Refuses what needs more products than are left.
   *
   * @param more the fewest that are needed
   * @throws UnrevealedException if the limit does not allow them
   */
  void require(int more) {
    if (more > limit.products() - products) {
      throw new UnrevealedException(
          Unrevealed.Reason.BUDGET,
          String.format(
              Locale.ROOT,
              "at least %d products would be needed, and %d are allowed",
              (long) products + more,
              limit.products()));
    }
  }

  /**
   * Computes a product.
   *
   * @throws UnrevealedException if the limit is reached
   */
  FloatMatrix product(FloatMatrix left, FloatMatrix right) {
    if (products >= limit.products()) {
      throw new UnrevealedException(
          Unrevealed.Reason.BUDGET, "the order is not known after " + products + " products");
    }
    if (limit.timeIsUp().getAsBoolean()) {
      throw new UnrevealedException(
          Unrevealed.Reason.BUDGET,
          "time was up after " + products + " products, and the order is not known");
    }
    products++;
    return multiplication.product(left, right);
  }

  /**
   * Computes the product of probes, one for each lane.
   *
   * @param probes for each lane of the side; all of one kind; null for a lane of zeros
   */
  FloatMatrix product(Side side, List<@Nullable Probe> probes) {
    OperandPanel carrier = side == Side.ROWS ? a : b;
    OperandPanel across = side == Side.ROWS ? b : a;
    for (int lane = 0; lane < probes.size(); lane++) {
      Probe probe = probes.get(lane);
      if (probe == null) {
        carrier.fillLane(lane, 0);
      } else {
        probe.write(carrier, lane);
        across.fill(probe.across());
      }
    }
    return product(a.matrix(), b.matrix());
  }

  /** Computes one probe in every element. */
  FloatMatrix everywhere(Probe probe) {
    Side side = shape.m() <= shape.n() ? Side.ROWS : Side.COLUMNS;
    List<@Nullable Probe> probes = new ArrayList<>();
    for (int lane = 0; lane < side.lanes(shape); lane++) {
      probes.add(probe);
    }
    return product(side, probes);
  }

  /**
   * Reads a probe's element.
   *
   * @throws UnrevealedException if no sum of the terms in binary32 has this result
   */
  int read(Probe probe, FloatMatrix c, int at) {
    float result = c.data()[at];
    OptionalInt read = probe.read(result, shape.k());
    if (read.isEmpty()) {
      throw new UnrevealedException(
          Unrevealed.Reason.NO_BINARY32_SUM,
          String.format(
              Locale.ROOT,
              "element (%d, %d) of a product of %s is %s, which no order of additions in binary32"
                  + " gives",
              at / shape.n(),
              at % shape.n(),
              probe.words(),
              result));
    }
    return read.getAsInt();
  }
}
