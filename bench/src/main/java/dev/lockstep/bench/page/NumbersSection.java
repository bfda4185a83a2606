package dev.lockstep.bench.page;

import java.util.Map;
import java.util.Optional;

/** Four numbers added in two orders. It needs no data, and explains that of others. */
public final class NumbersSection implements Section {

  @Override
  public String id() {
    return "numbers";
  }

  @Override
  public Optional<Object> data(Contents contents) {
    return Optional.of(Map.of());
  }
}
