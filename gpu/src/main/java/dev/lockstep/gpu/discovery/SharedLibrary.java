package dev.lockstep.gpu.discovery;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A shared library, opened by the system's loader and never closed. */
final class SharedLibrary {

  private final MemorySegment handle;
  private final Path path;

  private SharedLibrary(MemorySegment handle) throws LoadException {
    this.handle = handle;
    this.path = DynamicLoader.get().path(handle);
  }

  /**
   * Opens a library.
   *
   * @param name an absolute path, or a bare name for the loader's own search
   * @throws LoadException with what the loader says
   */
  static SharedLibrary open(String name) throws LoadException {
    return new SharedLibrary(DynamicLoader.get().open(name, DynamicLoader.RTLD_LAZY));
  }

  /** The library that a {@code NEEDED} entry of that name would be bound to without a search. */
  static Optional<SharedLibrary> loaded(String soname) {
    int mode = DynamicLoader.RTLD_LAZY | DynamicLoader.RTLD_NOLOAD;
    try {
      return Optional.of(new SharedLibrary(DynamicLoader.get().open(soname, mode)));
    } catch (LoadException notLoaded) {
      return Optional.empty();
    }
  }

  /** The file it was loaded from. */
  Path path() {
    return path;
  }

  /** Whether it has a function of that name. */
  boolean has(String function) {
    try {
      DynamicLoader.get().symbol(handle, function);
      return true;
    } catch (LoadException none) {
      return false;
    }
  }

  /**
   * Makes sure that it has some functions.
   *
   * @throws LoadException naming the first that it has not
   */
  void require(List<String> functions) throws LoadException {
    for (String function : functions) {
      DynamicLoader.get().symbol(handle, function);
    }
  }

  /**
   * Calls a function that returns an int.
   *
   * @throws LoadException if it has no such function
   */
  int call(String function, FunctionDescriptor type, Object... arguments) throws LoadException {
    return (int) DynamicLoader.call(DynamicLoader.get().symbol(handle, function), type, arguments);
  }
}
