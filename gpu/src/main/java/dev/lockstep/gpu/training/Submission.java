package dev.lockstep.gpu.training;

/** How a step gets into the stream. */
public enum Submission {
  /** Recorded once into a graph, launched whole: as a backend trains. */
  GRAPH,
  /** One launch after the other. */
  EAGER
}
