package dev.lockstep.bench.study;

/** A sentence of the textbook, and the experiment that shows it. */
interface Claim {

  /** One letter, as the study counts them. */
  String letter();

  /** The sentence. */
  String sentence();

  /** Carries out the experiment. */
  Finding on(Stage stage);
}
