package dev.lockstep.bench.map;

import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Section;
import java.util.Optional;

/** Where equal units come apart, by width and batch, for each backend. */
public final class MapSection implements Section {

  @Override
  public String id() {
    return "maps";
  }

  @Override
  public Optional<Object> data(Contents contents) {
    return Contents.data(
        contents.all(MapResult.class).stream()
            .filter(each -> !each.result().rows().isEmpty())
            .toList());
  }
}
