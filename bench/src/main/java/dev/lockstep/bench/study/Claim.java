package dev.lockstep.bench.study;

/** A claim of textbooks with an identifying letter and the experiment that tests it. */
abstract class Claim {

  private final String letter;
  private final String sentence;

  Claim(String letter, String sentence) {
    this.letter = letter;
    this.sentence = sentence;
  }

  final String letter() {
    return letter;
  }

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
