package dev.lockstep.bench.page;

import java.util.Optional;

/** Where each result was made, how to repeat it, and what to know besides. */
public final class EnvironmentSection implements Section {

  @Override
  public String id() {
    return "environment";
  }

  @Override
  public Optional<Object> data(Contents contents) {
    return Contents.data(contents.all(Provenance.class));
  }
}
