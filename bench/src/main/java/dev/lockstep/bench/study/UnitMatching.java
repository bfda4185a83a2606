package dev.lockstep.bench.study;

import dev.lockstep.matrix.DoubleMatrix;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jgrapht.Graph;
import org.jgrapht.alg.matching.KuhnMunkresMinimalWeightBipartitePerfectMatching;
import org.jgrapht.graph.DefaultWeightedEdge;
import org.jgrapht.graph.SimpleWeightedGraph;

/**
 * The similarity of the units of two layers, by their responses to the same rows. The similarity of
 * two units is the absolute value of Pearson's correlation of their responses, from 0 to 1. It is 1
 * for a tanh unit and its negative, which are equivalent for the layer above, and 0 for a unit that
 * responds equally to all rows.
 *
 * @param byNumber the mean similarity of unit j of one layer and unit j of the other
 * @param ofAny the mean similarity of any unit of one layer and any of the other
 * @param standardError the standard error of the mean of n similarities of any two units, with n
 *     units per layer
 * @param byAssignment the mean similarity in the one-to-one assignment that maximises it (Kuhn,
 *     "The Hungarian method for the assignment problem", Naval Research Logistics Quarterly 2,
 *     1955)
 * @param correlations the signed correlation of unit i of one layer and unit j of the other
 * @param assignment for each unit of one layer, its partner in the other
 */
record UnitMatching(
    double byNumber,
    double ofAny,
    double standardError,
    double byAssignment,
    List<List<Double>> correlations,
    List<Integer> assignment) {

  /**
   * Compares two layers.
   *
   * @param one responses of one layer, rows x units
   * @param other responses of the other layer, in the same shape
   */
  static UnitMatching of(DoubleMatrix one, DoubleMatrix other) {
    double[][] correlations = correlations(directions(one), directions(other));
    int units = correlations.length;
    double byNumber = 0;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < units; i++) {
      byNumber += Math.abs(correlations[i][i]);
      for (int j = 0; j < units; j++) {
        sum += Math.abs(correlations[i][j]);
        squares += correlations[i][j] * correlations[i][j];
      }
    }
    double pairs = (double) units * units;
    double mean = sum / pairs;
    double variance = Math.max(0, squares / pairs - mean * mean);
    int[] assignment = assignment(correlations);
    double assigned = 0;
    for (int i = 0; i < units; i++) {
      assigned += Math.abs(correlations[i][assignment[i]]);
    }
    return new UnitMatching(
        byNumber / units,
        mean,
        Math.sqrt(variance / units),
        assigned / units,
        Arrays.stream(correlations).map(row -> Arrays.stream(row).boxed().toList()).toList(),
        Arrays.stream(assignment).boxed().toList());
  }

  /** The responses of each unit minus their mean, scaled to length 1; zeros if all are equal. */
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

  private static double[][] correlations(double[][] one, double[][] other) {
    double[][] correlations = new double[one.length][other.length];
    for (int i = 0; i < one.length; i++) {
      for (int j = 0; j < other.length; j++) {
        double dot = 0;
        for (int r = 0; r < one[i].length; r++) {
          dot += one[i][r] * other[j][r];
        }
        correlations[i][j] = dot;
      }
    }
    return correlations;
  }

  /** The one-to-one assignment with the largest sum of similarities. */
  private static int[] assignment(double[][] correlations) {
    int units = correlations.length;
    Graph<Integer, DefaultWeightedEdge> graph =
        new SimpleWeightedGraph<>(DefaultWeightedEdge.class);
    IntStream.range(0, 2 * units).forEach(graph::addVertex);
    for (int i = 0; i < units; i++) {
      for (int j = 0; j < units; j++) {
        graph.setEdgeWeight(graph.addEdge(i, units + j), 1 - Math.abs(correlations[i][j]));
      }
    }
    int[] assignment = new int[units];
    new KuhnMunkresMinimalWeightBipartitePerfectMatching<>(
            graph, vertices(0, units), vertices(units, 2 * units))
        .getMatching()
        .getEdges()
        .forEach(
            edge -> {
              int one = Math.min(graph.getEdgeSource(edge), graph.getEdgeTarget(edge));
              int other = Math.max(graph.getEdgeSource(edge), graph.getEdgeTarget(edge));
              assignment[one] = other - units;
            });
    return assignment;
  }

  private static Set<Integer> vertices(int from, int to) {
    return IntStream.range(from, to).boxed().collect(Collectors.toCollection(HashSet::new));
  }
}
