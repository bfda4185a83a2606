package dev.lockstep.backend;

import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.Backend.Speed;
import dev.lockstep.input.InputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The backends on the class path, by exact name. */
public final class Backends {

  private Backends() {}

  /**
   * Returns all backends, in the order of their service files, followed by those of each {@link
   * BackendSource}.
   *
   * @throws IllegalStateException if two backends have the same name
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

  /** Returns the backend with exactly this name, if there is one. */
  public static Optional<Backend> find(String name) {
    return all().stream().filter(backend -> backend.name().equals(name)).findFirst();
  }

  /**
   * Returns an exact backend on the host, other than {@code judged}, whose bits can judge it.
   * Prefers the reference over fast backends.
   */
  public static Backend judgeOf(Backend judged) {
    return exactOnHost()
        .filter(backend -> !backend.name().equals(judged.name()))
        .min(Comparator.comparing(backend -> backend.speed() == Speed.FULL))
        .orElseThrow();
  }

  /** Returns the fast exact backend on the host, which runs when no backend is named. */
  public static Backend usual() {
    return exactOnHost().filter(backend -> backend.speed() == Speed.FULL).findFirst().orElseThrow();
  }

  /** Returns the binary64 backend that bounds the rounding errors of the others. */
  public static Backend oracle() {
    return all().stream()
        .filter(backend -> backend.kind() == Kind.ORACLE)
        .findFirst()
        .orElseThrow();
  }

  private static Stream<Backend> exactOnHost() {
    return all().stream()
        .filter(backend -> backend.kind() == Kind.EXACT && backend.placement() == Placement.HOST);
  }

  /**
   * Returns the backend with exactly this name, whether it is available or not.
   *
   * @param source the flag or file the name came from
   * @throws InputException naming the known backends, if there is none with this name
   */
  public static Backend named(String source, String name) {
    return find(name)
        .orElseThrow(
            () ->
                new InputException(
                    source,
                    "backend",
                    name,
                    "expected one of "
                        + all().stream().map(Backend::name).collect(Collectors.joining(", "))));
  }
}
