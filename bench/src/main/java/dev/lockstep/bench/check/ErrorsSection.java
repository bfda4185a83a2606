package dev.lockstep.bench.check;

import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Contents.Named;
import dev.lockstep.bench.page.Section;
import java.util.List;
import java.util.Optional;

/** How large the errors of libraries' products are, beside their bounds and limits. */
public final class ErrorsSection implements Section {

  @Override
  public String id() {
    return "errors";
  }

  @Override
  public Optional<Object> data(Contents contents) {
    List<Named<CheckDocument>> checks =
        contents.all(CheckDocument.class).stream()
            .filter(each -> !each.result().check().findValues("product-errors").isEmpty())
            .toList();
    return Contents.data(checks);
  }
}
