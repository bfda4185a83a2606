package dev.lockstep.bench.page;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where each result was made, how to repeat it, and what to know besides. */
public final class EnvironmentSection implements Section {

  private record Data(List<Made> results) {}

  private record Made(
      String source,
      Map<String, String> facts,
      List<String> commands,
      List<Provenance.Warned> warnings) {}

  @Override
  public String id() {
    return "environment";
  }

  @Override
  public Optional<Object> data(Contents contents) {
    List<Made> results =
        contents.all(Provenance.class).stream()
            .map(
                each ->
                    new Made(
                        each.source(),
                        each.result().facts(),
                        each.result().commands(),
                        each.result().warnings()))
            .toList();
    return results.isEmpty() ? Optional.empty() : Optional.of(new Data(results));
  }
}
