package dev.lockstep.gpu.training;

import dev.lockstep.input.Labelled;
import java.util.Locale;

/** How a step gets into the stream. */
public enum Submission implements Labelled {
  /** Recorded once into a graph, launched whole: as a backend trains. */
  GRAPH,
  /** One launch after the other. */
  EAGER;

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
