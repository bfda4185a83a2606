package dev.lockstep.machine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Finds out why the loader does not open a library: whether the file is there, may be read and may
 * be executed, what its headers say, and whether the libraries that it needs can be opened. The
 * loader's own message depends on the C library and on the language, so nothing is decided by it;
 * it is passed on where no other reason is found.
 */
final class LoadFailure {

  /** As deep as libraries that need each other are followed. */
  private static final int DEEPEST = 16;

  private static final int O_RDONLY_CLOEXEC = 0x80000;
  private static final int PROT_READ_EXEC = 1 | 4;
  private static final int MAP_PRIVATE = 2;
  private static final long MAP_FAILED = -1;
  private static final int EPERM = 1;
  private static final int EACCES = 13;

  private final SystemLoader loader;
  private final LoaderSearch search;

  /** A reason: its kind, and a clause without the library's name. */
  private record Reason(LoadException.Kind kind, String clause) {}

  LoadFailure(SystemLoader loader, LoaderSearch search) {
    this.loader = loader;
    this.search = search;
  }

  /**
   * Refuses a library whose file is damaged, before the loader maps it: touching a page behind the
   * end of a file that was cut off would kill the JVM.
   *
   * @param library an absolute path, or a bare name
   */
  void requireWhole(String library) throws LoadException {
    for (Path file : files(library)) {
      try {
        if (!Files.isRegularFile(file)) {
          throw of(library, "");
        }
        if (Files.isReadable(file)) {
          var _ = ElfFile.read(file);
        }
        return; // the loader takes this one
      } catch (ElfFile.OtherMachineException e) {
        // The loader goes on to the next file.
      } catch (ElfFile.FormatException | IOException e) {
        throw of(library, "");
      }
    }
  }

  /**
   * Examines a library that could not be opened.
   *
   * @param library an absolute path, or a bare name
   * @param said the loader's message
   */
  LoadException of(String library, String said) {
    List<Path> files = files(library);
    if (files.isEmpty()) {
      return LoadException.notOpened(
          LoadException.Kind.NOT_FOUND, library, "there is no such file");
    }
    Path first = files.getFirst();
    for (Path file : files) {
      Optional<Reason> reason = reason(file, DEEPEST);
      if (reason.isPresent()) {
        String where = file.toString().equals(library) ? "it " : file + " ";
        return LoadException.notOpened(reason.get().kind(), library, where + reason.get().clause());
      }
    }
    return LoadException.notOpened(
        LoadException.Kind.BROKEN,
        library,
        said.isEmpty() ? first + " is refused without a reason" : "the loader says: " + said);
  }

  private List<Path> files(String library) {
    if (library.indexOf('/') < 0) {
      return search.files(library);
    }
    try {
      Path file = Path.of(library);
      return Files.exists(file) ? List.of(file) : List.of();
    } catch (InvalidPathException notAPath) {
      return List.of();
    }
  }

  /** Why a file does not load; empty if no reason is found. */
  private Optional<Reason> reason(Path file, int depth) {
    ElfFile library;
    try {
      if (!Files.isRegularFile(file)) {
        return Optional.of(new Reason(LoadException.Kind.BROKEN, "is not a regular file"));
      }
      if (!Files.isReadable(file)) {
        return Optional.of(
            new Reason(LoadException.Kind.NOT_READABLE, "may not be read by this user"));
      }
      library = ElfFile.read(file);
    } catch (IOException e) {
      return Optional.of(new Reason(LoadException.Kind.NOT_READABLE, "cannot be read"));
    } catch (ElfFile.FormatException e) {
      return Optional.of(new Reason(LoadException.Kind.BROKEN, String.valueOf(e.getMessage())));
    }
    return notExecutable(file).or(() -> needed(file, library, depth));
  }

  private Optional<Reason> needed(Path file, ElfFile library, int depth) {
    for (String name : library.needed()) {
      if (loader.opens(name)) {
        continue;
      }
      Optional<Path> beside = inOwnFolders(file, library, name);
      List<Path> found = beside.map(List::of).orElseGet(() -> search.files(name));
      if (found.isEmpty()) {
        return Optional.of(
            new Reason(LoadException.Kind.NEEDED, "needs " + name + ", which is not there"));
      }
      Optional<Reason> deeper = depth == 0 ? Optional.empty() : reason(found.getFirst(), depth - 1);
      if (deeper.isPresent()) {
        return Optional.of(
            new Reason(
                LoadException.Kind.NEEDED,
                "needs " + found.getFirst() + ", which " + deeper.get().clause()));
      }
    }
    return Optional.empty();
  }

  /** A needed library in the folders that the file itself names. */
  private static Optional<Path> inOwnFolders(Path file, ElfFile library, String name) {
    String origin = String.valueOf(file.toAbsolutePath().getParent());
    for (String folder : library.searched()) {
      try {
        Path there =
            Path.of(folder.replace("${ORIGIN}", origin).replace("$ORIGIN", origin)).resolve(name);
        if (Files.exists(there)) {
          return Optional.of(there);
        }
      } catch (InvalidPathException notAPath) {
        // Nothing lies there.
      }
    }
    return Optional.empty();
  }

  /** Maps the file's first page as code, as the loader would, and looks at the system's answer. */
  private static Optional<Reason> notExecutable(Path file) {
    StructLayout state = Linker.Option.captureStateLayout();
    Linker.Option errno = Linker.Option.captureCallState("errno");
    MethodHandle open =
        NativeLibrary.ofC(
            "open",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    MethodHandle close = NativeLibrary.ofC("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    MethodHandle map =
        NativeLibrary.ofC(
            "mmap",
            FunctionDescriptor.of(
                JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG),
            errno);
    MethodHandle unmap =
        NativeLibrary.ofC("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    try (Arena arena = Arena.ofConfined()) {
      int descriptor =
          (int)
              NativeLibrary.invoke(
                  open, SystemLoader.name(arena, file.toString()), O_RDONLY_CLOEXEC);
      if (descriptor < 0) {
        return Optional.of(new Reason(LoadException.Kind.NOT_READABLE, "cannot be opened"));
      }
      MemorySegment captured = arena.allocate(state);
      long address =
          (long)
              NativeLibrary.invoke(
                  map,
                  captured,
                  MemorySegment.NULL,
                  1L,
                  PROT_READ_EXEC,
                  MAP_PRIVATE,
                  descriptor,
                  0L);
      NativeLibrary.invoke(close, descriptor);
      if (address != MAP_FAILED) {
        NativeLibrary.invoke(unmap, address, 1L);
        return Optional.empty();
      }
      int code = captured.get(JAVA_INT, state.byteOffset(PathElement.groupElement("errno")));
      return code == EPERM || code == EACCES
          ? Optional.of(
              new Reason(
                  LoadException.Kind.NOT_EXECUTABLE,
                  "lies where files may not be executed (a noexec mount, or a security policy)"))
          : Optional.empty();
    }
  }
}
