package dev.lockstep.bench.study;

import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Section;
import java.util.Optional;

/** Equal and random units side by side, while they are trained. */
public final class SeenSection implements Section {

  @Override
  public String id() {
    return "seen";
  }

  @Override
  public Optional<Object> data(Contents contents) {
    return contents.all(UnitStudy.class).stream().findFirst().map(Contents.Named::result);
  }
}
