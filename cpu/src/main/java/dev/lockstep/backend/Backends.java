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
   * All of them, in the order of their service files.
   *
   * @throws IllegalStateException if two have the same name
   */
  public static List<Backend> all() {
    List<Backend> found = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Backend backend : ServiceLoader.load(Backend.class, Backends.class.getClassLoader())) {
      if (!names.add(backend.name())) {
        throw new IllegalStateException("two backends are called " + backend.name());
      }
      found.add(backend);
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
