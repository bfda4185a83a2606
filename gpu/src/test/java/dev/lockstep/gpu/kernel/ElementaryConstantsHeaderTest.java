package dev.lockstep.gpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The constants of exp, log and tanh are the same data on the device as on the CPU. With the system
 * property {@value #WRITE} the header is written instead of compared.
 */
final class ElementaryConstantsHeaderTest {

  private static final String WRITE = "lockstep.write.constants";
  private static final Path HEADER = Path.of("src", "main", "cuda", "elementary_constants.cuh");

  @Test
  void theHeaderHoldsTheFields() throws ReflectiveOperationException, IOException {
    String header = header();
    if (System.getProperty(WRITE) != null) {
      Files.writeString(HEADER, header);
    }
    assertThat(Files.readString(HEADER))
        .as(
            "%s; to write it anew: mvn -pl gpu -am -Dtest=%s"
                + " -Dsurefire.failIfNoSpecifiedTests=false -D%s test, then"
                + " gpu/src/main/cuda/ptx.sh",
            HEADER, getClass().getSimpleName(), WRITE)
        .isEqualTo(header);
  }

  private static String header() throws ReflectiveOperationException {
    Map<String, String> values = new TreeMap<>();
    for (Field field : Class.forName("dev.lockstep.cpu.ElementaryConstants").getDeclaredFields()) {
      field.setAccessible(true);
      values.put(field.getName(), Float.toHexString(field.getFloat(null)));
    }
    StringBuilder header =
        new StringBuilder(
            """
            // The constants of elementary.cuh: the fields of dev.lockstep.cpu.ElementaryConstants, which says what they are.
            // Generated; ElementaryConstantsHeaderTest compares, and says how to write it anew.
            #pragma once

            """);
    values.forEach(
        (name, value) ->
            header.append(String.format(Locale.ROOT, "constexpr float %s = %sf;%n", name, value)));
    return header.toString();
  }
}
