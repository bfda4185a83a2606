package dev.lockstep.bench.inspect;

import dev.lockstep.bench.inspect.AxisReport.Finding;
import dev.lockstep.bench.terminal.ProgressDisplay;
import dev.lockstep.file.HeapLimit;
import dev.lockstep.file.TensorFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The result of inspecting a file.
 *
 * @param limit the cosine above which units are near-duplicates
 * @param weights the inspected tensors, in the order of the file
 * @param skipped the other tensors, in the order of the file
 */
record Inspection(
    Path file,
    WeightsFormat format,
    double limit,
    List<WeightReport> weights,
    List<Skipped> skipped) {

  /**
   * Inspects a file, one weight at a time.
   *
   * @throws dev.lockstep.input.InputException if the file's format is unknown, it is damaged, or a
   *     weight does not fit the memory
   */
  static Inspection of(Path path, double limit) {
    WeightsFormat format = WeightsFormat.of(path);
    List<WeightReport> weights = new ArrayList<>();
    List<Skipped> skipped = new ArrayList<>();
    try (TensorFile file = format.open(path)) {
      List<TensorFile.Entry> entries = file.entries();
      try (ProgressDisplay progress = ProgressDisplay.of("inspect", entries.size())) {
        for (TensorFile.Entry entry : entries) {
          progress.message(entry.name());
          Optional<Skipped.Reason> reason = Skipped.reason(entry);
          if (reason.isPresent()) {
            skipped.add(new Skipped(entry, reason.get()));
          } else {
            weights.add(
                HeapLimit.naming(
                    path.toString(),
                    "tensor '" + entry.name() + "'",
                    () -> WeightReport.of(path, file, entry, limit, NearDuplicates.MOST_NUMBERS)));
          }
          progress.step();
        }
      }
    }
    return new Inspection(path, format, limit, weights, skipped);
  }

  /** The verdict on the closest units of any weight; empty if there are no weights. */
  Optional<Finding> finding() {
    return weights.stream().map(WeightReport::finding).min(Comparator.naturalOrder());
  }

  /** Whether every search for near-duplicates compared all candidates. */
  boolean complete() {
    return places().map(Place::axis).allMatch(AxisReport::complete);
  }

  record Place(WeightReport weight, AxisReport axis) {}

  /** All dimensions of all weights. */
  Stream<Place> places() {
    return weights.stream()
        .flatMap(weight -> weight.axes().stream().map(axis -> new Place(weight, axis)));
  }
}
