package dev.lockstep.bench.sensors;

/** An energy counter with one or more parts, each of which wraps around to zero. */
interface EnergyCounter {

  /** The current value of each part, in microjoules. */
  long[] microjoules() throws NotReadableException;

  /** The value at which each part wraps around, in microjoules. */
  long[] ranges();

  /** The joules between two readings, with at most one wrap-around per part between them. */
  default double joules(long[] before, long[] after) {
    double sum = 0;
    for (int i = 0; i < before.length; i++) {
      long difference = after[i] - before[i];
      sum += difference < 0 ? (double) difference + ranges()[i] : difference;
    }
    return sum * 1e-6;
  }
}
