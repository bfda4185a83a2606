package dev.lockstep.bench.check;

import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Section;
import java.util.Optional;

/** Which scenarios ran on which backends, and what was judged in each tier. */
public final class CoverageSection implements Section {

  @Override
  public String id() {
    return "coverage";
  }

  @Override
  public Optional<Object> data(Contents contents) {
    return Contents.data(contents.all(CheckDocument.class));
  }
}
