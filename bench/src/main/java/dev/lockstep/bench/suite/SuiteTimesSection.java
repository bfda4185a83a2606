package dev.lockstep.bench.suite;

import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Section;
import java.util.Optional;

/** The times of suites, each the median of some windows in one process. */
public final class SuiteTimesSection implements Section {

  @Override
  public String id() {
    return "windows";
  }

  @Override
  public Optional<Object> data(Contents contents) {
    return Contents.data(
        contents.all(SuiteTimes.class).stream()
            .filter(each -> !each.result().times().isEmpty())
            .toList());
  }
}
