package dev.lockstep.bench.check;

import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Section;
import java.util.Optional;

/** The verdict, and each backend with what was asked of it. */
public final class VerdictSection implements Section {

  @Override
  public String id() {
    return "verdict";
  }

  @Override
  public Optional<Object> data(Contents contents) {
    return Contents.data(contents.all(CheckDocument.class));
  }
}
