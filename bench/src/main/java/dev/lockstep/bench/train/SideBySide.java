package dev.lockstep.bench.train;

import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Trainer;
import dev.lockstep.bench.terminal.Animation;
import dev.lockstep.bench.terminal.Bitmap;
import dev.lockstep.data.Dataset;
import dev.lockstep.input.Printable;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.symmetry.UnitClasses;
import dev.lockstep.symmetry.UnitSlices;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Draws the first layer's units of two trainings side by side in a terminal while they run: of the
 * scenario, and of the same scenario with equal instead of random units or random instead of equal
 * ones.
 */
final class SideBySide implements AutoCloseable {

  /** Pictures of a whole training, so that they last some seconds. */
  private static final int PICTURES = 50;

  private static final int GAP = 3;

  /** Lines above and below the pictures. */
  private static final int LINES_OF_TEXT = 7;

  private final Animation animation = Animation.open();
  private final Bitmap.Ink ink = Bitmap.Ink.ofStandardOutput();
  private final Scenario scenario;
  private final Dataset data;
  private final Trainer trainer;
  private final Side shown;
  private final Side beside;
  private double scale;

  /** A training of the two. */
  private record Side(Scenario scenario, Trainer trainer) {}

  /**
   * @param scenario the scenario that is trained
   * @param trainer its trainer, which somebody else runs
   * @param counterpart the other scenario
   * @param other its trainer, which is closed with this
   */
  SideBySide(
      Scenario scenario, Trainer trainer, Scenario counterpart, Trainer other, Dataset data) {
    this.scenario = scenario;
    this.trainer = trainer;
    this.data = data;
    shown = new Side(scenario, trainer);
    beside = new Side(counterpart, other);
  }

  /**
   * Returns the scenario to compare with. Equal units get the quotient rule for their rate, which
   * makes them move as one unit does, and random ones do not.
   */
  static Scenario counterpart(Scenario scenario) {
    Initialization start = scenario.initialization();
    Initialization other =
        switch (start) {
          case Initialization.Copies(Initialization random) -> random;
          case Initialization random when random.isRandom() -> new Initialization.Copies(random);
          default -> Initialization.usual(scenario.activation());
        };
    Learning learning = scenario.learning();
    LearningRate rate =
        switch (learning.rate()) {
          case LearningRate.Uniform(double each) when other.unitsStartEqual() ->
              new LearningRate.Quotient(each);
          case LearningRate.Quotient(double each) when !other.unitsStartEqual() ->
              new LearningRate.Uniform(each);
          case LearningRate same -> same;
        };
    return new Scenario(
        scenario.data(),
        scenario.hidden(),
        scenario.normalization(),
        scenario.activation(),
        other,
        scenario.loss(),
        scenario.noise(),
        new Learning(rate, learning.rule(), learning.schedule(), learning.decay()),
        scenario.batch(),
        scenario.steps(),
        scenario.seed());
  }

  /** Returns the steps from {@code step} to the next pictures. */
  long untilNext(long step) {
    long every = Math.max(1, scenario.steps() / PICTURES);
    return every - step % every;
  }

  /** Whether pictures are due after a number of steps. */
  boolean isDue(long step) {
    return untilNext(step) == untilNext(0);
  }

  /** Prints permanent lines above the pictures. */
  void print(Runnable lines) {
    animation.above(lines);
  }

  /** Brings the other training to the same step and draws both. */
  void draw() {
    beside.trainer().run((int) (trainer.step() - beside.trainer().step()));
    boolean equalFirst = shown.scenario().initialization().unitsStartEqual();
    Side left = equalFirst ? shown : beside;
    Side right = equalFirst ? beside : shown;
    int columns = Math.max(1, (animation.columns() - GAP) / 2);
    int rows = Math.max(1, animation.rows() - LINES_OF_TEXT);
    Parameters leftNow = left.trainer().parameters();
    Parameters rightNow = right.trainer().parameters();
    Matrix leftWeights = leftNow.weights(0);
    Matrix rightWeights = rightNow.weights(0);
    Gallery gallery = Gallery.of(side(), data.inputs(), leftWeights.columns(), columns, rows);
    scale = Math.max(scale, Math.max(gallery.scale(leftWeights), gallery.scale(rightWeights)));
    List<String> lines = new ArrayList<>();
    lines.add(fitted("step " + trainer.step() + " of " + scenario.steps(), animation.columns()));
    join(lines, text(left, leftNow, columns), text(right, rightNow, columns));
    lines.add("");
    join(lines, gallery.lines(leftWeights, scale, ink), gallery.lines(rightWeights, scale, ink));
    int units = leftWeights.columns();
    lines.add(
        fitted(
            Math.min(units, gallery.units()) + " of " + units + " units; " + ink.legend(),
            animation.columns()));
    animation.draw(lines);
  }

  private List<String> text(Side side, Parameters now, int columns) {
    Evaluation evaluation = side.trainer().evaluate(data.test());
    UnitSlices units = UnitSlices.of(now, 0);
    return Stream.of(
            side.scenario().initialization() + ", rate " + side.scenario().learning().rate(),
            String.format(Locale.ROOT, "loss %.4f", evaluation.loss()),
            String.format(Locale.ROOT, "%.1f%% right", 100 * evaluation.accuracy()),
            UnitClasses.of(units).count() + " of " + units.units() + " unit classes")
        .map(text -> padded(text, columns))
        .toList();
  }

  private static void join(List<String> lines, List<String> left, List<String> right) {
    for (int i = 0; i < left.size(); i++) {
      lines.add(left.get(i) + " ".repeat(GAP) + right.get(i));
    }
  }

  private static String padded(String text, int columns) {
    String fitted = fitted(text, columns);
    return fitted + " ".repeat(columns - fitted.length());
  }

  private static String fitted(String text, int columns) {
    String clean = Printable.of(text);
    return clean.length() <= columns ? clean : clean.substring(0, columns);
  }

  /** The side of the square image that a row of the data is; 0 if it is none. */
  private int side() {
    return switch (scenario.data()) {
      case DataSource.EmbeddedDigits _, DataSource.IdxFolder _, DataSource.Npz _ -> {
        int side = (int) Math.sqrt(data.inputs());
        yield side > 1 && side * side == data.inputs() ? side : 0;
      }
      case DataSource.Csv _, DataSource.SyntheticTeacher _ -> 0;
    };
  }

  @Override
  public void close() {
    animation.close();
    beside.trainer().close();
  }
}
