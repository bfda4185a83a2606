package dev.lockstep.input;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A choice with one exact name in files and on the command line. */
public interface Labelled {

  /** The exact name. */
  String label();

  /** The name of a constant in lower case, with hyphens between its words. */
  static String hyphenated(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The constant with that exact name.
   *
   * @param source the file or flag that the name came from, for the message
   * @throws InputException naming the source, the value and all names
   */
  static <E extends Enum<E> & Labelled> E of(Class<E> type, String source, String name) {
    E[] constants = type.getEnumConstants();
    return Arrays.stream(constants)
        .filter(constant -> constant.label().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    source,
                    type.getSimpleName().toLowerCase(Locale.ROOT),
                    name,
                    "expected one of "
                        + Arrays.stream(constants)
                            .map(Labelled::label)
                            .collect(Collectors.joining(", "))));
  }
}
