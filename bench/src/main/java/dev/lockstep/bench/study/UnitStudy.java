package dev.lockstep.bench.study;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.lockstep.bench.files.JsonFile;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two trainings of one network, from units that start equal and from units that start random, at
 * chosen steps. It is both the JSON that {@code study units} writes and what a page shows.
 *
 * @param backends the backends whose trainings had these bits at every chosen step
 * @param differing one sentence for each backend whose bits differed
 * @param data the data set
 * @param network the network's shape and activation
 * @param optimizer rule and rate in words
 * @param image rows and columns of the image that a unit's incoming weights form
 * @param scale the magnitude of a weight that is written as 100
 * @param guessing the mean loss of equal outputs
 * @param examples test rows as the network sees them
 * @param equal the training of equal units
 * @param random the training of random units
 * @param oneUnit the quality of the network with one unit that the equal one is equivalent to
 * @param seeds the quality that trainings from other seeds end with
 * @param chance the units of two random trainings, matched
 */
public record UnitStudy(
    int schema,
    String kind,
    List<String> backends,
    List<String> differing,
    String data,
    String network,
    String optimizer,
    int batch,
    int steps,
    long seed,
    int trainRows,
    int testRows,
    List<Integer> image,
    double scale,
    double guessing,
    List<Example> examples,
    Side equal,
    Side random,
    List<Quality> oneUnit,
    List<Seed> seeds,
    Chance chance) {

  /**
   * A test row.
   *
   * @param pixels its features in percent of the largest of this row
   */
  public record Example(int label, List<Integer> pixels) {}

  /**
   * One training.
   *
   * @param init the start, as {@code --init} takes it
   * @param rate the learning rate, as a scenario file takes it
   */
  public record Side(String init, String rate, List<Moment> moments) {}

  /**
   * A training after some steps.
   *
   * @param classOf for each unit the lowest unit of its class: those with equal bits in all
   *     incoming and outgoing weights and the bias
   * @param weights for each class, in ascending order of its lowest unit, that unit's incoming
   *     weights in percent of the scale, clipped at 100
   * @param cosine the lower triangle, without the diagonal, of the cosines between the units'
   *     incoming weights, in percent
   * @param spread the relative spread of the units; null if it is infinite
   */
  public record Moment(
      Quality quality,
      List<Integer> classOf,
      List<List<Integer>> weights,
      List<Integer> cosine,
      @JsonInclude(JsonInclude.Include.ALWAYS) @JsonSetter(nulls = Nulls.SET)
          @Nullable Double spread) {}

  /**
   * How well a network does after some steps.
   *
   * @param loss the mean loss of the training rows
   * @param right the number of test rows of which it names the class
   */
  public record Quality(long step, double loss, int right) {}

  /** The numbers of test rows that two trainings from one seed name in the end. */
  public record Seed(long seed, int equal, int random) {}

  /**
   * The units of two random trainings.
   *
   * @param seeds the two seeds
   * @param right the number of test rows that each names
   * @param weights for each of the two, for each unit, its incoming weights as in {@link Moment}
   * @param correlation the correlation of the responses to the test rows of unit i of one and unit
   *     j of the other, in percent
   * @param assignment for each unit of one, the unit of the other that it is matched with
   * @param matched the mean similarity of matched units, from 0 to 1
   * @param before the same before training
   * @param byNumber the mean similarity of units with equal numbers
   * @param any the mean similarity of any two units
   * @param error the standard error of {@code byNumber}, if it is chance
   */
  public record Chance(
      List<Long> seeds,
      List<Integer> right,
      List<List<List<Integer>>> weights,
      List<List<Integer>> correlation,
      List<Integer> assignment,
      double matched,
      double before,
      double byNumber,
      double any,
      double error) {}

  /**
   * Reads a study from a file.
   *
   * @throws dev.lockstep.input.InputException if it holds none, or one that contradicts itself
   */
  public static UnitStudy read(Path file) {
    UnitStudy study = JsonFile.read(file, JsonFile.tree(file), UnitStudy.class);
    UnitStudyCheck.require(file.toString(), study);
    return study;
  }

  /** 0 if the copies stayed equal and no backend differed, otherwise 1. */
  int exitCode() {
    boolean together = equal.moments().stream().allMatch(each -> each.weights().size() == 1);
    return together && differing.isEmpty() ? 0 : 1;
  }
}
