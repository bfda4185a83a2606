package dev.lockstep.bench.order;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Describes addition trees in words. */
final class TreeWords {

  /** The most parts, or terms in no simple order, that are named one by one. */
  private static final int FEW = 6;

  /** Longer descriptions help nobody. */
  private static final int LONGEST = 400;

  /** The most levels of sums, unless they are of a simple shape. */
  private static final int DEEPEST = 200;

  private TreeWords() {}

  /** {@code one chain of 65 fma}, {@code 16 chains of k mod 16, added pairwise}. */
  static String of(AdditionTree tree) {
    List<Piece> pieces = Piece.of(tree);
    Piece whole = pieces.getLast();
    if (tree.terms() == 1) {
      return "one product";
    }
    // No stack is deep enough for a sum in every level of a deep tree.
    boolean deep = whole.level() > DEEPEST && whole.shape() == Piece.Shape.OTHER;
    String words = deep && tree.widestSum() == 2 ? "" : words(whole, whole);
    if (words.isEmpty() || words.length() > LONGEST) {
      words =
          pieces.stream().filter(Piece::isChain).count()
              + " chains, added in no simple order, "
              + (whole.level() + 1)
              + " levels deep";
    }
    if (tree.start() == AdditionTree.Start.PRODUCT) {
      words += "; starts from the first product, not from +0";
    }
    return words;
  }

  /** {@code chain, terms 0-399, fma}, for one line of a drawing. */
  static String chain(Piece chain) {
    return terms(chain.terms()) + ", " + rounding(List.of(chain));
  }

  /** {@code 0-399}, the terms of a chain alone. */
  static String label(Piece chain) {
    return terms(chain.terms()).replaceFirst("^terms? ", "");
  }

  private static String words(Piece piece, Piece whole) {
    if (piece.isPlainChain()) {
      boolean ascending = piece == whole && step(piece.terms()) == 1;
      return (piece == whole ? "one chain of " : "a chain of ")
          + count(piece.terms().length, piece)
          + (ascending ? "" : inOrder(piece.terms(), piece == whole));
    }
    if (piece.isChain()) {
      return words(piece.parts().getFirst(), whole)
          + "; onto that a chain of "
          + count(piece.terms().length, piece)
          + inOrder(piece.terms(), false);
    }
    if (piece.parts().size() > 2) {
      return fusedSum(piece, whole);
    }
    return switch (piece.shape()) {
      case SEQUENTIAL -> chains(piece);
      case PAIRWISE -> isOfBlocks(piece) ? comb(piece, whole) : chains(piece);
      case CHAIN, OTHER -> comb(piece, whole);
    };
  }

  /** {@code 65 fma}, {@code 65 terms, 60 fma, 4 multiply and add}. */
  private static String count(int terms, Piece piece) {
    boolean mixed = piece.fused() > 0 && piece.fused() < piece.fusible();
    return terms + (mixed ? " terms, " : " ") + rounding(List.of(piece));
  }

  private static String rounding(List<Piece> chains) {
    int fusible = chains.stream().mapToInt(Piece::fusible).sum();
    int fused = chains.stream().mapToInt(Piece::fused).sum();
    if (fusible == 0) {
      return chains.size() == 1 ? "product" : "products";
    }
    if (chains.getFirst().exact() > 0) {
      return "exact products";
    }
    if (fused == fusible) {
      return "fma";
    }
    return fused == 0
        ? "multiply and add"
        : fused + " fma, " + (fusible - fused) + " multiply and add" + roundedOf(chains);
  }

  /** Which terms are multiplied and added, if there is one chain and they are soon named. */
  private static String roundedOf(List<Piece> chains) {
    BitSet rounded = chains.getFirst().rounded();
    return chains.size() == 1 && Ranges.runs(rounded).size() <= FEW
        ? " (" + Ranges.words("term", rounded, -1) + ")"
        : "";
  }

  /** The distance of successive terms, or 0 if it varies. */
  private static int step(int[] terms) {
    if (terms.length == 1) {
      return 1;
    }
    int step = terms[1] - terms[0];
    for (int i = 1; i < terms.length; i++) {
      if (terms[i] - terms[i - 1] != step) {
        return 0;
      }
    }
    return step;
  }

  private static String inOrder(int[] terms, boolean whole) {
    return step(terms) == -1 && whole ? " in descending order" : " (" + terms(terms) + ")";
  }

  private static String terms(int[] terms) {
    int step = step(terms);
    int first = terms[0];
    int last = terms[terms.length - 1];
    if (terms.length == 1) {
      return "term " + first;
    }
    if (step == 1 || step == -1) {
      return "terms " + first + (step == 1 ? "-" : " down to ") + last;
    }
    if (step != 0) {
      return "terms " + first + ", " + (first + step) + " ... " + last;
    }
    return "terms "
        + Arrays.stream(terms).limit(FEW).mapToObj(String::valueOf).collect(joining(", "))
        + (terms.length > FEW ? " ..." : "");
  }

  /** A sum of plain chains. */
  private static String chains(Piece sum) {
    List<Piece> chains = sum.plainChains();
    List<Piece> sorted = new ArrayList<>(chains);
    sorted.sort(Comparator.comparingInt(TreeWords::least));
    int number = chains.size();
    String words;
    if (areInterleaved(sorted)) {
      words = number + " chains of k mod " + number;
    } else if (areConsecutive(sorted)) {
      words = lengths(sorted) + " consecutive terms";
    } else {
      int every = usualStep(sorted);
      words = lengths(sorted) + " terms" + (every > 1 ? ", mostly " + every + " apart" : "");
    }
    return words
        + ", "
        + rounding(sorted)
        + (number == 2
            ? ", added"
            : sum.shape() == Piece.Shape.SEQUENTIAL
                ? ", added one after the other"
                : ", added pairwise" + pairing(chains, sorted));
  }

  /** Whether the halves of a pairwise sum are blocks of successive terms, each of several lanes. */
  private static boolean isOfBlocks(Piece sum) {
    if (sum.shape() != Piece.Shape.PAIRWISE) {
      return false;
    }
    List<Piece> one = new ArrayList<>(sum.parts().getFirst().plainChains());
    List<Piece> other = new ArrayList<>(sum.parts().getLast().plainChains());
    one.sort(Comparator.comparingInt(TreeWords::least));
    other.sort(Comparator.comparingInt(TreeWords::least));
    int last = one.stream().flatMapToInt(chain -> Arrays.stream(chain.terms())).max().orElse(0);
    return last < least(other.getFirst()) && areInterleaved(one) && areInterleaved(other);
  }

  private static int least(Piece chain) {
    return Arrays.stream(chain.terms()).min().orElse(0);
  }

  private static boolean areInterleaved(List<Piece> sorted) {
    int number = sorted.size();
    int first = sorted.getFirst().terms()[0];
    for (int i = 0; i < number; i++) {
      int[] terms = sorted.get(i).terms();
      if (terms[0] != first + i || (terms.length > 1 && step(terms) != number)) {
        return false;
      }
    }
    return sorted.getFirst().terms().length > 1;
  }

  /** The distance of most successive terms, if it is the same in all chains; else 0. */
  private static int usualStep(List<Piece> chains) {
    int usual = 0;
    for (Piece chain : chains) {
      int[] terms = chain.terms();
      if (terms.length > 2) {
        int step = terms[terms.length - 1] - terms[terms.length - 2];
        int same = 0;
        for (int i = 1; i < terms.length; i++) {
          same += terms[i] - terms[i - 1] == step ? 1 : 0;
        }
        if (2 * same < terms.length || (usual != 0 && usual != step)) {
          return 0;
        }
        usual = step;
      }
    }
    return usual;
  }

  private static boolean areConsecutive(List<Piece> sorted) {
    int next = sorted.getFirst().terms()[0];
    for (Piece chain : sorted) {
      if (chain.terms()[0] != next || step(chain.terms()) != 1) {
        return false;
      }
      next += chain.terms().length;
    }
    return true;
  }

  /** {@code 4 chains of 192 and 1 of 9}, {@code chains of 320, 240 and 217}. */
  private static String lengths(List<Piece> chains) {
    Map<Integer, Integer> numbers = new LinkedHashMap<>();
    chains.forEach(chain -> numbers.merge(chain.terms().length, 1, Integer::sum));
    if (numbers.size() > FEW) {
      return chains.size() + " chains of various numbers of";
    }
    if (numbers.size() == chains.size()) {
      return "chains of " + joined(numbers.keySet().stream().map(String::valueOf).toList());
    }
    List<String> words = new ArrayList<>();
    numbers.forEach(
        (length, number) ->
            words.add(
                number
                    + (words.isEmpty() ? number == 1 ? " chain of " : " chains of " : " of ")
                    + length));
    return joined(words);
  }

  private static String joined(List<String> words) {
    return words.size() == 1
        ? words.getFirst()
        : String.join(", ", words.subList(0, words.size() - 1)) + " and " + words.getLast();
  }

  /** Which chains of a pairwise sum meet first. */
  private static String pairing(List<Piece> chains, List<Piece> sorted) {
    if (chains.equals(sorted)) {
      return ", neighbours first";
    }
    int bits = Integer.numberOfTrailingZeros(chains.size());
    for (int i = 0; i < chains.size(); i++) {
      if (chains.get(i) != sorted.get(Integer.reverse(i) >>> (Integer.SIZE - bits))) {
        return "";
      }
    }
    return ", those " + chains.size() / 2 + " apart first";
  }

  /** A sum that nothing simpler describes: what it begins with, and what is added to that. */
  private static String comb(Piece sum, Piece whole) {
    List<Piece> added = new ArrayList<>();
    Piece head = sum;
    while (!head.isChain()
        && head.parts().size() == 2
        && (head.shape() == Piece.Shape.OTHER || isOfBlocks(head))) {
      Piece one = head.parts().getFirst();
      Piece other = head.parts().getLast();
      boolean heavier = one.size() >= other.size();
      added.add(heavier ? other : one);
      head = heavier ? one : other;
    }
    Collections.reverse(added);
    List<Piece> all = new ArrayList<>(List.of(head));
    all.addAll(added);
    List<String> each = all.stream().map(part -> words(part, whole)).toList();
    List<String> words = new ArrayList<>();
    int from = 0;
    while (from < all.size()) {
      String same = unplaced(each.get(from));
      int to = from + 1;
      while (to < all.size()
          && all.get(to).size() == all.get(from).size()
          && unplaced(each.get(to)).equals(same)) {
        to++;
      }
      words.add(to - from == 1 ? "[" + each.get(from) + "]" : (to - from) + " x [" + same + "]");
      from = to;
    }
    if (words.size() > FEW) {
      return String.format(
          Locale.ROOT,
          "%s and %d more parts, added one after the other",
          String.join(" + ", words.subList(0, FEW)),
          words.size() - FEW);
    }
    return String.join(" + ", words) + (all.size() > 2 ? ", added one after the other" : "");
  }

  /** Words without the numbers of terms, to compare parts at different places. */
  private static String unplaced(String words) {
    return words.replaceAll(" \\(terms? [^)]*\\)", "");
  }

  /** A sum of more than two; tensor cores add terms to what they have summed before. */
  private static String fusedSum(Piece sum, Piece whole) {
    long width = terms(sum);
    Piece lowest = sum;
    int steps = 1;
    List<Piece> below = sums(lowest);
    while (below.size() == 1
        && !below.getFirst().isChain()
        && below.getFirst().parts().size() > 2
        && terms(below.getFirst()) == width) {
      lowest = below.getFirst();
      below = sums(lowest);
      steps++;
    }
    String words =
        steps == 1
            ? "a fused sum of " + width + " terms"
            : steps + " fused sums of " + width + " terms each, one after the other";
    return below.stream().map(part -> "[" + words(part, whole) + "] + ").collect(joining()) + words;
  }

  /** The number of single terms that a sum adds. */
  private static long terms(Piece sum) {
    return sum.parts().stream().filter(part -> part.size() == 1).count();
  }

  private static List<Piece> sums(Piece sum) {
    return sum.parts().stream().filter(part -> part.size() > 1).toList();
  }
}
