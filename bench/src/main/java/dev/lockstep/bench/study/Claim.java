package dev.lockstep.bench.study;

/** A claim of textbooks with the experiment that tests it. */
abstract class Claim {

  private final String letter;
  private final String sentence;

  Claim(String letter, String sentence) {
    this.letter = letter;
    this.sentence = sentence;
  }

  /** The letter that identifies the claim in the study. */
  final String letter() {
    return letter;
  }

  /** The claim as a sentence. */
  final String sentence() {
    return sentence;
  }

  /**
   * Runs the experiment.
   *
   * @throws Stage.NotFinite if a training overflows
   */
  abstract Finding on(Stage stage);
}
