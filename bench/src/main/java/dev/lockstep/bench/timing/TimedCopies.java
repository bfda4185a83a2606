package dev.lockstep.bench.timing;

import dev.lockstep.agreement.SampleTally;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Timed;
import dev.lockstep.backend.Work;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.program.Region;
import java.util.Map;

/** Copies from, to or within a device's memory; every byte is verified. */
public final class TimedCopies extends VerifiedWork {
  private static final int PIECE_ROWS = 1 << 12;

  private final Work.Copying work;
  private final Timed.Tensors timed;
  private boolean filled;

  private TimedCopies(Backend backend, Work.Copying work, Timed.Tensors timed) {
    super(backend, timed);
    this.work = work;
    this.timed = timed;
  }

  /**
   * Allocates source and target; the first verification fills the source.
   *
   * @throws dev.lockstep.backend.UnavailableException if the backend cannot run here
   * @throws dev.lockstep.input.InputException if it runs on the host
   */
  public static TimedCopies open(Backend backend, Work.Copying work, Resources resources) {
    requireDevice(backend);
    return new TimedCopies(backend, work, backend.timed(work, resources));
  }

  /**
   * Returns some rows of the source, which holds the integers from 1 to 2^24 in turn; binary32
   * holds them exactly. No element equals one a row away, and none is 0.
   */
  private DrawnMatrix numbers(int first, int rows) {
    int columns = work.source().columns().size();
    return new DrawnMatrix(
        rows, columns, (i, j) -> 1 + ((long) (first + i) * columns + j) % (1 << 24));
  }

  /** Overwrites the target, so that a copy that does nothing is detected. */
  @Override
  public void reset() {
    timed.load(Map.of());
  }

  /** Compares the target of the last copy with the source. */
  @Override
  public SampleTally verify() {
    if (!filled) {
      timed.load(Map.of(work.source(), numbers(0, work.kibibytes())));
      timed.run(1);
      filled = true;
    }
    int columns = work.target().columns().size();
    for (int first = 0; first < work.kibibytes(); first += PIECE_ROWS) {
      int rows = Math.min(PIECE_ROWS, work.kibibytes() - first);
      FloatMatrix copied = timed.part(0, work.target(), new Region(first, rows, 0, columns));
      if (numbers(first, rows).firstDifference(copied) >= 0) {
        return SampleTally.ofEqual(0).contradictedBy("the copy differs");
      }
    }
    return SampleTally.ofEqual(work.kibibytes() * 1024L);
  }
}
