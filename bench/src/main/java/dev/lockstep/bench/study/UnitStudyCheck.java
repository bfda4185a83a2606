package dev.lockstep.bench.study;

import dev.lockstep.bench.files.Document;
import dev.lockstep.bench.study.UnitStudy.Chance;
import dev.lockstep.bench.study.UnitStudy.Moment;
import dev.lockstep.bench.study.UnitStudy.Quality;
import dev.lockstep.bench.study.UnitStudy.Side;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import java.util.List;
import java.util.stream.IntStream;

/** Checks a study that was read from a file, so that what draws it can rely on its sizes. */
final class UnitStudyCheck {

  private static final int FULL = 100;

  private final String source;
  private final UnitStudy study;
  private final int units;
  private final int inputs;

  private UnitStudyCheck(String source, UnitStudy study) {
    this.source = source;
    this.study = study;
    List<Moment> moments = study.equal().moments();
    units = moments.isEmpty() ? 0 : moments.getFirst().classOf().size();
    long pixels = (long) study.image().get(0) * study.image().get(1);
    within(source, "number of pixels of the image", pixels, 1, Limits.COLUMNS.value());
    inputs = Math.toIntExact(pixels);
  }

  /**
   * Checks it.
   *
   * @throws InputException naming the source, the field and the value
   */
  static void require(String source, UnitStudy study) {
    equal(source, "schema", study.schema(), Document.UNITS.version());
    equal(source, "number of sizes of the image", study.image().size(), 2);
    study.image().forEach(size -> within(source, "image", size, 1, Limits.COLUMNS.value()));
    new UnitStudyCheck(source, study).requireAll();
  }

  private void requireAll() {
    within(source, "number of units", units, 2, FULL);
    within(source, "test-rows", study.testRows(), 1, Integer.MAX_VALUE);
    within(source, "train-rows", study.trainRows(), 1, Integer.MAX_VALUE);
    positive("scale", study.scale());
    positive("guessing", study.guessing());
    study.examples().forEach(example -> picture("examples", example.pixels()));
    for (Side side : List.of(study.equal(), study.random())) {
      equal(source, "number of moments", side.moments().size(), study.oneUnit().size());
      side.moments().forEach(this::moment);
    }
    for (int i = 0; i < study.oneUnit().size(); i++) {
      long step = study.oneUnit().get(i).step();
      quality(study.oneUnit().get(i));
      equal(source, "step", study.equal().moments().get(i).quality().step(), step);
      equal(source, "step", study.random().moments().get(i).quality().step(), step);
      long before = i == 0 ? -1 : study.oneUnit().get(i - 1).step();
      within(source, "step", step, before + 1, Integer.MAX_VALUE);
    }
    within(source, "number of seeds", study.seeds().size(), 1, FULL);
    for (UnitStudy.Seed seed : study.seeds()) {
      right("equal", seed.equal());
      right("random", seed.random());
    }
    within(source, "number of backends", study.backends().size(), 1, FULL);
    chance(study.chance());
  }

  private void moment(Moment moment) {
    quality(moment.quality());
    equal(source, "number of units in class-of", moment.classOf().size(), units);
    moment.classOf().forEach(unit -> within(source, "class-of", unit, 0, units - 1));
    for (int unit = 0; unit < units; unit++) {
      int lowest = moment.classOf().get(unit);
      if (lowest > unit || moment.classOf().get(lowest) != lowest) {
        throw new InputException(
            source, "class-of", lowest, "expected the lowest unit of the class of unit " + unit);
      }
    }
    Double spread = moment.spread();
    if (spread != null) {
      positive("spread", spread);
    }
    equal(
        source,
        "number of classes with weights",
        moment.weights().size(),
        moment.classOf().stream().distinct().count());
    moment.weights().forEach(weights -> picture("weights", weights));
    equal(source, "number of cosines", moment.cosine().size(), units * (units - 1) / 2);
    moment.cosine().forEach(cosine -> within(source, "cosine", cosine, -FULL, FULL));
  }

  private void quality(Quality quality) {
    within(source, "step", quality.step(), 0, Integer.MAX_VALUE);
    right("right", quality.right());
    positive("loss", quality.loss());
  }

  private void chance(Chance chance) {
    equal(source, "number of seeds of chance", chance.seeds().size(), 2);
    equal(source, "number of networks of chance", chance.weights().size(), 2);
    equal(source, "number of accuracies of chance", chance.right().size(), 2);
    chance.right().forEach(each -> right("right", each));
    positive("matched", chance.matched());
    positive("before", chance.before());
    positive("by-number", chance.byNumber());
    positive("any", chance.any());
    positive("error", chance.error());
    for (List<List<Integer>> network : chance.weights()) {
      equal(source, "number of units of chance", network.size(), units);
      network.forEach(weights -> picture("weights", weights));
    }
    equal(source, "number of rows of correlation", chance.correlation().size(), units);
    for (List<Integer> row : chance.correlation()) {
      equal(source, "number of values of a row of correlation", row.size(), units);
      row.forEach(each -> within(source, "correlation", each, -FULL, FULL));
    }
    List<Integer> sorted = chance.assignment().stream().sorted().toList();
    if (!sorted.equals(IntStream.range(0, units).boxed().toList())) {
      throw new InputException(
          source, "assignment", chance.assignment(), "expected each unit once");
    }
  }

  private void right(String field, int value) {
    within(source, field, value, 0, study.testRows());
  }

  private void picture(String field, List<Integer> values) {
    equal(source, "number of values of " + field, values.size(), inputs);
    values.forEach(value -> within(source, field, value, -FULL, FULL));
  }

  private void positive(String field, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new InputException(source, field, value, "expected a finite number of at least 0");
    }
  }

  private static void equal(String source, String field, long value, long expected) {
    within(source, field, value, expected, expected);
  }

  private static void within(String source, String field, long value, long least, long most) {
    if (value < least || value > most) {
      throw new InputException(
          source,
          field,
          value,
          "expected " + (least == most ? String.valueOf(least) : least + " to " + most));
    }
  }
}
