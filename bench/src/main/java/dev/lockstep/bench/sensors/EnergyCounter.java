package dev.lockstep.bench.sensors;

/** Something that counts energy, upwards and now and then from zero again. */
interface EnergyCounter {

  /** Its parts as they stand, in microjoules. */
  long[] microjoules() throws NotReadableException;

  /** Where each part starts from zero again, in microjoules. */
  long[] ranges();

  /** Joules between two readings with at most one start from zero between them. */
  default double joules(long[] before, long[] after) {
    double sum = 0;
    for (int i = 0; i < before.length; i++) {
      long difference = after[i] - before[i];
      sum += difference < 0 ? (double) difference + ranges()[i] : difference;
    }
    return sum * 1e-6;
  }
}
