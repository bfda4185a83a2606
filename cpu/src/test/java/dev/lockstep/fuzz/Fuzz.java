package dev.lockstep.fuzz;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What Jazzer calls: its argument names the {@link FuzzTarget}. */
public final class Fuzz {

  private static @Nullable FuzzTarget target;

  private Fuzz() {}

  /** Called by the fuzzer at the start. */
  public static void fuzzerInitialize(String[] arguments) throws IOException {
    FuzzTarget named = FuzzTarget.named(arguments[0]);
    named.seeds().forEach(named::accept);
    Fuzzed.begin();
    target = named;
  }

  /** Called by the fuzzer with each input. */
  public static void fuzzerTestOneInput(byte[] input) {
    Objects.requireNonNull(target).accept(input);
  }

  /** Called by the fuzzer at the end. */
  public static void fuzzerTearDown() {
    System.out.println(Fuzzed.longest());
  }
}
