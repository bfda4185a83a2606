package dev.lockstep.bench.order;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An addition tree as a picture: every term has its place from left to right, each chain is a bar
 * over its terms, and sums lie below what they add. The last sum is the result.
 *
 * @param marks from back to front
 */
record TreePicture(int width, int height, List<Mark> marks) {

  private static final int WIDTH = 720;
  private static final int MARGIN = 10;
  private static final int BAR = 12;
  private static final int TALLEST_STEP = 30;
  private static final int TALLEST = 420;
  private static final int RADIUS = 4;

  /** Narrower sums are drawn as one block, without what they add. */
  private static final double NARROW = 3;

  /** Between two chains. */
  private static final int GAP = 1;

  /** A page with more is slow, and no eye sees them. */
  private static final int MOST_PARTS = 5000;

  /** About the width of a character. */
  private static final int CHARACTER = 7;

  /** The form of a mark. */
  enum Form {
    BAR,
    LINE,
    DOT,
    TEXT
  }

  /** What a mark stands for, which decides its colour. */
  enum Role {
    FUSED,
    ROUNDED,
    MIXED,
    EXACT,
    SUM,
    FUSED_SUM,
    DENSE,
    EDGE,
    LABEL
  }

  /**
   * A mark.
   *
   * @param x of a bar the left, of a line the start, else the middle
   * @param y as x
   * @param dx width of a bar, or where a line ends, from its start
   * @param dy as dx
   * @param text of a label, or what a pointer shows
   */
  record Mark(Form form, Role role, double x, double y, double dx, double dy, String text) {}

  /** Where a piece begins from left to right, in terms, and whether it is within a block. */
  private record Place(int from, boolean hidden) {}

  private record Point(double x, double y) {}

  TreePicture {
    marks = List.copyOf(marks);
  }

  /** Draws a tree. */
  static TreePicture of(AdditionTree tree) {
    List<Piece> pieces = Piece.of(tree);
    Piece whole = pieces.getLast();
    if (pieces.size() > MOST_PARTS) {
      String text = pieces.size() + " parts, too many to draw";
      Mark bar = new Mark(Form.BAR, Role.DENSE, MARGIN, MARGIN, WIDTH - 2.0 * MARGIN, BAR, text);
      return new TreePicture(WIDTH, 2 * MARGIN + BAR, List.of(bar));
    }
    double scale = (WIDTH - 2.0 * MARGIN) / whole.size();
    double step = Math.min(TALLEST_STEP, (double) TALLEST / (whole.level() + 1));
    IdentityHashMap<Piece, Place> places = places(pieces, scale);
    IdentityHashMap<Piece, Point> ends = new IdentityHashMap<>();
    List<Mark> edges = new ArrayList<>();
    List<Mark> others = new ArrayList<>();
    for (Piece piece : pieces) {
      Place place = places.get(piece);
      if (place == null || place.hidden()) {
        continue;
      }
      double left = MARGIN + place.from() * scale;
      double right = left + piece.size() * scale;
      double y = MARGIN + BAR + piece.level() * step;
      double bar = Math.min(BAR, Math.max(1, step * 0.6));
      if (piece.isChain()) {
        double begin = right - piece.terms().length * scale;
        for (Piece base : piece.parts()) {
          edges.add(edge(ends.get(base), new Point(begin, y)));
        }
        bar(others, piece, begin, y, right - begin, bar);
        ends.put(piece, new Point(right, y));
      } else if (right - left < NARROW) {
        others.add(
            new Mark(Form.BAR, Role.DENSE, left, y - bar / 2, right - left, bar, summary(piece)));
        ends.put(piece, new Point(right, y));
      } else {
        double middle = 0;
        for (Piece part : piece.parts()) {
          Point end = ends.get(part);
          middle += (end == null ? left : end.x()) / piece.parts().size();
        }
        Point dot = new Point(middle, y);
        for (Piece part : piece.parts()) {
          edges.add(edge(ends.get(part), dot));
        }
        Role role = piece.parts().size() > 2 ? Role.FUSED_SUM : Role.SUM;
        others.add(new Mark(Form.DOT, role, middle, y, RADIUS, RADIUS, summary(piece)));
        ends.put(piece, dot);
      }
    }
    edges.addAll(others);
    int height = (int) Math.ceil(2 * MARGIN + 2 * BAR + whole.level() * step);
    return new TreePicture(WIDTH, height, edges.stream().map(TreePicture::rounded).toList());
  }

  private static IdentityHashMap<Piece, Place> places(List<Piece> pieces, double scale) {
    IdentityHashMap<Piece, Place> places = new IdentityHashMap<>();
    places.put(pieces.getLast(), new Place(0, false));
    for (Piece piece : pieces.reversed()) {
      Place place = places.get(piece);
      int from = place == null ? 0 : place.from();
      boolean hidden =
          place == null || place.hidden() || (!piece.isChain() && piece.size() * scale < NARROW);
      for (Piece part : piece.parts()) {
        places.put(part, new Place(from, hidden));
        from += part.size();
      }
    }
    return places;
  }

  private static void bar(
      List<Mark> marks, Piece chain, double x, double y, double width, double height) {
    String text = TreeWords.chain(chain);
    Role role =
        chain.exact() > 0
            ? Role.EXACT
            : chain.fusible() > 0 && chain.fused() == chain.fusible()
                ? Role.FUSED
                : chain.fused() == 0 ? Role.ROUNDED : Role.MIXED;
    double gap = width > 2 * GAP ? GAP : 0;
    marks.add(new Mark(Form.BAR, role, x, y - height / 2, width - gap, height, text));
    if (height >= BAR) {
      // Which terms, or at least where the chain begins.
      for (String label : List.of(TreeWords.label(chain), chain.terms()[0] + "...")) {
        if (width > CHARACTER * label.length()) {
          marks.add(new Mark(Form.TEXT, Role.LABEL, x + width / 2, y, 0, 0, label));
          return;
        }
      }
    }
  }

  private static Mark edge(@Nullable Point from, Point to) {
    Point start = from == null ? to : from;
    return new Mark(
        Form.LINE, Role.EDGE, start.x(), start.y(), to.x() - start.x(), to.y() - start.y(), "");
  }

  private static String summary(Piece sum) {
    return (sum.parts().size() > 2 ? "fused sum of " : "sum of ") + sum.size() + " terms";
  }

  /** To tenths, which no eye tells apart. */
  private static Mark rounded(Mark mark) {
    return new Mark(
        mark.form(),
        mark.role(),
        tenths(mark.x()),
        tenths(mark.y()),
        tenths(mark.dx()),
        tenths(mark.dy()),
        mark.text());
  }

  private static double tenths(double x) {
    return Math.rint(10 * x) / 10;
  }
}
