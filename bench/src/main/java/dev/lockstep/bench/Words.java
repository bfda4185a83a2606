package dev.lockstep.bench;

import java.util.Arrays;
import java.util.Iterator;

/**
 * The words that a shell may complete the value of a flag with. Each list has a class of its own
 * because picocli takes a class.
 */
public abstract class Words implements Iterable<String> {

  private final String list;

  /**
   * @param list as help has it: {@code zero, constant:X, equal}; forms with a parameter are no
   *     words
   */
  protected Words(String list) {
    this.list = list;
  }

  @Override
  public final Iterator<String> iterator() {
    return Arrays.stream(list.split(", ")).filter(word -> word.matches("[\\w-]+")).iterator();
  }
}
