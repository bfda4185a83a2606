package dev.lockstep.bench.page;

import java.util.Optional;

/**
 * A section of the HTML report: this class chooses the data, and a script draws them. The script is
 * the resource {@code ID.js} beside the class; it calls {@code lockstep.section(ID, TITLE, DRAW)}.
 * Its style, if it has one of its own, is {@code ID.css}.
 *
 * <p>To add a section, add the two and a line in {@code
 * META-INF/services/dev.lockstep.bench.page.Section}. Sections stand in the order of the lines.
 */
public interface Section {

  /** The section's name in the page, such as {@code timings}: lower-case letters. */
  String id();

  /**
   * The data that the script draws, as a record or a JSON tree.
   *
   * @return empty if the contents have nothing for this section, which then is left out
   */
  Optional<Object> data(Contents contents);
}
