package dev.lockstep.bench.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a page is made of: results of any type, from which each {@link Section} takes its own. */
public final class Contents {

  private final List<Named<?>> all = new ArrayList<>();

  /**
   * A result and where it comes from.
   *
   * @param source the command or the folder's name
   */
  public record Named<T>(String source, T result) {}

  /** Adds a result. */
  public Contents add(String source, Object result) {
    all.add(new Named<>(source, result));
    return this;
  }

  /** All results of a type, in the order in which they were added. */
  public <T> List<Named<T>> all(Class<T> type) {
    return all.stream()
        .filter(each -> type.isInstance(each.result()))
        .map(each -> new Named<>(each.source(), type.cast(each.result())))
        .toList();
  }

  /** The data of a section that shows results: all of them; empty if there are none. */
  public static <T> Optional<Object> data(List<T> results) {
    return results.isEmpty() ? Optional.empty() : Optional.of(new Data<>(results));
  }

  private record Data<T>(List<T> results) {}
}
