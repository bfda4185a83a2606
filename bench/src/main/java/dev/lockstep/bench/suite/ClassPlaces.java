package dev.lockstep.bench.suite;

import dev.lockstep.bench.map.ClassMap.Place;
import dev.lockstep.bench.surroundings.Candidate;
import java.util.ArrayList;
import java.util.List;

/**
 * The places at which a suite maps unit classes, ordered in diagonals so that each width and batch
 * comes early.
 */
final class ClassPlaces {

  /**
   * Enough steps for units to move by a tenth of their norm at any batch, with the seed of a check.
   */
  static final int STEPS = 60;

  /**
   * The most informative widths first: no multiple of a tile, then one off a multiple, then the
   * multiples.
   */
  private static final List<Integer> WIDTHS =
      List.of(
          1021, 250, 33, 7, 129, 257, 1025, 127, 1023, 65, 513, 255, 63, 511, 2049, 2047, 31, 4097,
          4095, 1024, 256, 128, 64, 512, 2048, 32, 4096);

  private static final List<Integer> BATCHES = List.of(250, 1, 33, 7, 32, 256);

  private ClassPlaces() {}

  static List<Place> of(List<Candidate> onDevice) {
    return diagonals(onDevice, WIDTHS, BATCHES);
  }

  /** Returns fewer and smaller places for an emulated device, which is 100x slower than a CPU. */
  static List<Place> emulated(List<Candidate> onDevice) {
    return diagonals(onDevice, List.of(33, 7, 129, 64), List.of(33, 1, 7));
  }

  private static List<Place> diagonals(
      List<Candidate> onDevice, List<Integer> widths, List<Integer> batches) {
    List<Place> places = new ArrayList<>();
    for (int diagonal = 0; diagonal < batches.size(); diagonal++) {
      for (int w = 0; w < widths.size(); w++) {
        int width = widths.get(w);
        int batch = batches.get((w + diagonal) % batches.size());
        onDevice.forEach(each -> places.add(new Place(each.backend(), 1, width, batch)));
      }
    }
    return places;
  }
}
