package dev.lockstep.bench.order;

import java.util.ArrayList;
import java.util.List;

/** Draws addition trees as text, a line for each part. */
final class TreeDrawing {

  /** One level of a part within another. */
  private record Line(Piece piece, String before, String below) {}

  private TreeDrawing() {}

  /**
   * Draws a tree from its root.
   *
   * @param most lines; a longer drawing ends with the number of parts that it lacks
   */
  static List<String> of(AdditionTree tree, int most) {
    List<Piece> pieces = Piece.of(tree);
    List<String> lines = new ArrayList<>();
    List<Line> open = new ArrayList<>(List.of(new Line(pieces.getLast(), "", "")));
    while (!open.isEmpty() && lines.size() < most) {
      Line line = open.removeLast();
      Piece piece = line.piece();
      lines.add(line.before() + words(piece));
      List<Piece> parts = piece.parts();
      for (int i = parts.size() - 1; i >= 0; i--) {
        boolean last = i == parts.size() - 1;
        open.add(
            new Line(
                parts.get(i),
                line.below() + (last ? "`- " : "|- "),
                line.below() + (last ? "   " : "|  ")));
      }
    }
    if (lines.size() < pieces.size()) {
      lines.add("... and " + (pieces.size() - lines.size()) + " more parts");
    }
    return lines;
  }

  private static String words(Piece piece) {
    if (piece.isPlainChain()) {
      return piece.size() == 1
          ? "term " + piece.terms()[0]
          : "chain of " + piece.size() + ": " + TreeWords.chain(piece);
    }
    if (piece.isChain()) {
      return "chain of " + piece.terms().length + " onto: " + TreeWords.chain(piece);
    }
    return piece.parts().size() > 2
        ? "fused sum of " + piece.parts().size()
        : "sum of " + piece.size() + " terms";
  }
}
