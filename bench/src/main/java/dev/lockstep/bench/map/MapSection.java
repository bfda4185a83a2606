package dev.lockstep.bench.map;

import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Section;
import java.util.List;
import java.util.Optional;

/** Where equal units come apart, by width and batch, for each backend. */
public final class MapSection implements Section {

  private record Data(List<Named> maps) {}

  private record Named(String source, MapResult map) {}

  @Override
  public String id() {
    return "maps";
  }

  @Override
  public Optional<Object> data(Contents contents) {
    List<Named> maps =
        contents.all(MapResult.class).stream()
            .filter(each -> !each.result().rows().isEmpty())
            .map(each -> new Named(each.source(), each.result()))
            .toList();
    return maps.isEmpty() ? Optional.empty() : Optional.of(new Data(maps));
  }
}
