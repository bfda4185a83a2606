package dev.lockstep.bench.page;

import java.util.List;
import java.util.Map;

/**
 * Where a result was made, and how to repeat it.
 *
 * @param facts of the environment by name, the most important first
 * @param commands that repeat it
 * @param warnings what a reader has to know besides
 */
public record Provenance(Map<String, String> facts, List<String> commands, List<Warned> warnings) {

  /**
   * A warning.
   *
   * @param code what it is, as a word
   * @param text one sentence
   */
  public record Warned(String code, String text) {}
}
