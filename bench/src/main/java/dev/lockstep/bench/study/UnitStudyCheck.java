package dev.lockstep.bench.study;

import dev.lockstep.bench.files.Document;
import dev.lockstep.bench.files.FieldCheck;
import dev.lockstep.bench.study.UnitStudy.Chance;
import dev.lockstep.bench.study.UnitStudy.Moment;
import dev.lockstep.bench.study.UnitStudy.Quality;
import dev.lockstep.bench.study.UnitStudy.Side;
import dev.lockstep.input.Limits;
import java.util.List;
import java.util.stream.IntStream;

/** Checks a study that was read from a file, so that what draws it can rely on its sizes. */
final class UnitStudyCheck {

  private static final int FULL = 100;

  private final FieldCheck check;
  private final UnitStudy study;
  private final int units;
  private final int inputs;

  private UnitStudyCheck(String source, UnitStudy study) {
    check = new FieldCheck(source);
    this.study = study;
    List<Moment> moments = study.equal().moments();
    units = moments.isEmpty() ? 0 : moments.getFirst().classOf().size();
    long pixels = (long) study.image().get(0) * study.image().get(1);
    check.within("number of pixels of the image", pixels, 1, Limits.COLUMNS.value());
    inputs = Math.toIntExact(pixels);
  }

  /**
   * Checks it.
   *
   * @throws dev.lockstep.input.InputException naming the source, the field and the value
   */
  static void require(String source, UnitStudy study) {
    FieldCheck check = new FieldCheck(source);
    check.document(study.schema(), study.kind(), Document.UNITS);
    check.equal("number of sizes of the image", study.image().size(), 2);
    study.image().forEach(size -> check.within("image", size, 1, Limits.COLUMNS.value()));
    new UnitStudyCheck(source, study).requireAll();
  }

  private void requireAll() {
    check.within("number of units", units, 2, FULL);
    check.within("test-rows", study.testRows(), 1, Integer.MAX_VALUE);
    check.within("train-rows", study.trainRows(), 1, Integer.MAX_VALUE);
    check.positive("scale", study.scale());
    check.positive("guessing", study.guessing());
    study.examples().forEach(example -> picture("examples", example.pixels()));
    for (Side side : List.of(study.equal(), study.random())) {
      check.equal("number of moments", side.moments().size(), study.oneUnit().size());
      side.moments().forEach(this::moment);
    }
    for (int i = 0; i < study.oneUnit().size(); i++) {
      long step = study.oneUnit().get(i).step();
      quality(study.oneUnit().get(i));
      check.equal("step", study.equal().moments().get(i).quality().step(), step);
      check.equal("step", study.random().moments().get(i).quality().step(), step);
      long before = i == 0 ? -1 : study.oneUnit().get(i - 1).step();
      check.within("step", step, before + 1, Integer.MAX_VALUE);
    }
    check.within("number of seeds", study.seeds().size(), 1, FULL);
    for (UnitStudy.Seed seed : study.seeds()) {
      right("equal", seed.equal());
      right("random", seed.random());
    }
    check.within("number of backends", study.backends().size(), 1, FULL);
    chance(study.chance());
  }

  private void moment(Moment moment) {
    quality(moment.quality());
    check.equal("number of units in class-of", moment.classOf().size(), units);
    moment.classOf().forEach(unit -> check.within("class-of", unit, 0, units - 1));
    for (int unit = 0; unit < units; unit++) {
      int lowest = moment.classOf().get(unit);
      check.require(
          lowest <= unit && moment.classOf().get(lowest) == lowest,
          "class-of",
          lowest,
          "expected the lowest unit of the class of unit " + unit);
    }
    Double spread = moment.spread();
    if (spread != null) {
      check.positive("spread", spread);
    }
    check.equal(
        "number of classes with weights",
        moment.weights().size(),
        moment.classOf().stream().distinct().count());
    moment.weights().forEach(weights -> picture("weights", weights));
    check.equal("number of cosines", moment.cosine().size(), units * (units - 1) / 2);
    moment.cosine().forEach(cosine -> check.within("cosine", cosine, -FULL, FULL));
  }

  private void quality(Quality quality) {
    check.within("step", quality.step(), 0, Integer.MAX_VALUE);
    right("right", quality.right());
    check.positive("loss", quality.loss());
  }

  private void chance(Chance chance) {
    check.equal("number of seeds of chance", chance.seeds().size(), 2);
    check.equal("number of networks of chance", chance.weights().size(), 2);
    check.equal("number of accuracies of chance", chance.right().size(), 2);
    chance.right().forEach(each -> right("right", each));
    check.positive("matched", chance.matched());
    check.positive("before", chance.before());
    check.positive("by-number", chance.byNumber());
    check.positive("any", chance.any());
    check.positive("error", chance.error());
    for (List<List<Integer>> network : chance.weights()) {
      check.equal("number of units of chance", network.size(), units);
      network.forEach(weights -> picture("weights", weights));
    }
    check.equal("number of rows of correlation", chance.correlation().size(), units);
    for (List<Integer> row : chance.correlation()) {
      check.equal("number of values of a row of correlation", row.size(), units);
      row.forEach(each -> check.within("correlation", each, -FULL, FULL));
    }
    List<Integer> sorted = chance.assignment().stream().sorted().toList();
    check.require(
        sorted.equals(IntStream.range(0, units).boxed().toList()),
        "assignment",
        chance.assignment(),
        "expected each unit once");
  }

  private void right(String field, int value) {
    check.within(field, value, 0, study.testRows());
  }

  private void picture(String field, List<Integer> values) {
    check.equal("number of values of " + field, values.size(), inputs);
    values.forEach(value -> check.within(field, value, -FULL, FULL));
  }
}
