package dev.lockstep.backend;

import dev.lockstep.model.InputException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;

/** The backends on the class path, by exact name. */
public final class Backends {

  private Backends() {}

  /**
   * All of them, in the order of their service files, those of a {@link BackendSource} last.
   *
   * @throws IllegalStateException if two have the same name
   */
  public static List<Backend> all() {
    List<Backend> found = new ArrayList<>();
    Set<String> names = new HashSet<>();
    ClassLoader loader = Backends.class.getClassLoader();
    ServiceLoader.load(Backend.class, loader).forEach(found::add);
    for (BackendSource source : ServiceLoader.load(BackendSource.class, loader)) {
      found.addAll(source.backends());
    }
    for (Backend backend : found) {
      if (!names.add(backend.name())) {
        throw new IllegalStateException("two backends are called " + backend.name());
      }
    }
    return List.copyOf(found);
  }

  /**
   * The backend of exactly that name, available or not.
   *
   * @param source the flag or file the name came from
   * @throws InputException naming the backends that exist
   */
  public static Backend named(String source, String name) {
    List<Backend> all = all();
    return all.stream()
        .filter(backend -> backend.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    source,
                    "backend",
                    name,
                    "expected one of "
                        + all.stream().map(Backend::name).collect(Collectors.joining(", "))));
  }
}
