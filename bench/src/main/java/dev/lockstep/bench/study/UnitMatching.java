package dev.lockstep.bench.study;

import dev.lockstep.matrix.DoubleMatrix;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jgrapht.Graph;
import org.jgrapht.alg.matching.KuhnMunkresMinimalWeightBipartitePerfectMatching;
import org.jgrapht.graph.DefaultWeightedEdge;
import org.jgrapht.graph.SimpleWeightedGraph;

/**
 * How alike the units of two layers are that see the same rows. The likeness of two units is the
 * size of Pearson's correlation of their responses, 0 to 1: of a tanh unit and its negative, which
 * do the same for the layer above, it is 1. A unit that responds alike to all rows is like none.
 *
 * @param byNumber mean likeness of unit j here and unit j there
 * @param ofAny mean likeness of any unit here and any there
 * @param standardError of a mean of as many likenesses as there are units, drawn from those of any
 * @param byAssignment the same mean in the one-to-one assignment that makes it largest (Kuhn, "The
 *     Hungarian method for the assignment problem", Naval Research Logistics Quarterly 2, 1955)
 */
record UnitMatching(double byNumber, double ofAny, double standardError, double byAssignment) {

  /**
   * Compares two layers.
   *
   * @param one rows x units
   * @param other the same shape
   */
  static UnitMatching of(DoubleMatrix one, DoubleMatrix other) {
    double[][] likeness = likeness(directions(one), directions(other));
    int units = likeness.length;
    double byNumber = 0;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < units; i++) {
      byNumber += likeness[i][i];
      for (int j = 0; j < units; j++) {
        sum += likeness[i][j];
        squares += likeness[i][j] * likeness[i][j];
      }
    }
    double pairs = (double) units * units;
    double mean = sum / pairs;
    double variance = Math.max(0, squares / pairs - mean * mean);
    return new UnitMatching(
        byNumber / units, mean, Math.sqrt(variance / units), assigned(likeness) / units);
  }

  /**
   * For each unit its responses less their mean, scaled to length 1; zero if they are all equal.
   */
  private static double[][] directions(DoubleMatrix responses) {
    int rows = responses.rows();
    int units = responses.columns();
    double[][] directions = new double[units][rows];
    for (int j = 0; j < units; j++) {
      double sum = 0;
      for (int i = 0; i < rows; i++) {
        sum += responses.data()[i * units + j];
      }
      double squares = 0;
      for (int i = 0; i < rows; i++) {
        directions[j][i] = responses.data()[i * units + j] - sum / rows;
        squares += directions[j][i] * directions[j][i];
      }
      for (int i = 0; i < rows && squares > 0; i++) {
        directions[j][i] /= Math.sqrt(squares);
      }
    }
    return directions;
  }

  private static double[][] likeness(double[][] one, double[][] other) {
    double[][] likeness = new double[one.length][other.length];
    for (int i = 0; i < one.length; i++) {
      for (int j = 0; j < other.length; j++) {
        double dot = 0;
        for (int r = 0; r < one[i].length; r++) {
          dot += one[i][r] * other[j][r];
        }
        likeness[i][j] = Math.abs(dot);
      }
    }
    return likeness;
  }

  /** The largest sum of likenesses of a one-to-one assignment. */
  private static double assigned(double[][] likeness) {
    int units = likeness.length;
    Graph<Integer, DefaultWeightedEdge> graph =
        new SimpleWeightedGraph<>(DefaultWeightedEdge.class);
    IntStream.range(0, 2 * units).forEach(graph::addVertex);
    for (int i = 0; i < units; i++) {
      for (int j = 0; j < units; j++) {
        graph.setEdgeWeight(graph.addEdge(i, units + j), 1 - likeness[i][j]);
      }
    }
    Set<Integer> here = vertices(0, units);
    Set<Integer> there = vertices(units, 2 * units);
    return units
        - new KuhnMunkresMinimalWeightBipartitePerfectMatching<>(graph, here, there)
            .getMatching()
            .getWeight();
  }

  private static Set<Integer> vertices(int from, int to) {
    return IntStream.range(from, to).boxed().collect(Collectors.toCollection(HashSet::new));
  }
}
