package dev.lockstep.bench.study;

import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Section;
import java.util.List;
import java.util.Optional;

/** The units of two random trainings in pairs. */
public final class ChanceSection implements Section {

  private record Data(List<Integer> image, int testRows, UnitStudy.Chance chance) {}

  @Override
  public String id() {
    return "chance";
  }

  @Override
  public Optional<Object> data(Contents contents) {
    return contents.all(UnitStudy.class).stream()
        .map(Contents.Named::result)
        .findFirst()
        .map(study -> new Data(study.image(), study.testRows(), study.chance()));
  }
}
