package dev.lockstep.cpu;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A team of threads that runs one task at a time: the calling thread and T - 1 daemon threads.
 *
 * <p>A task has T parts. {@link #run} publishes it under a new generation number. Each thread
 * claims its part, runs it and marks the generation as finished. An idle worker watches the
 * generation for a short while, because the next task of a training step follows within
 * microseconds, and then parks. Only parked workers are unparked, because unparking is a system
 * call.
 *
 * <p>When the caller has finished its own part, it claims the parts that no worker has claimed yet.
 * So a worker that wakes up slowly, or whose core is busy with another program, never makes a task
 * slower than the caller would be alone.
 *
 * <p>Only one thread at a time may use a team. A second one, or a task that calls {@link #run} on
 * its own team, gets an {@link IllegalStateException}.
 */
final class Workers implements AutoCloseable {
  /** Work in as many parts as the team has threads. */
  @FunctionalInterface
  interface Task {
    /**
     * Runs one part. It is called once for each {@code worker} from 0 to {@code workers - 1},
     * concurrently or, for some parts, by one thread after the other.
     */
    void run(int worker, int workers);
  }

  /** Work on consecutive elements. */
  @FunctionalInterface
  interface Range {
    /** Processes the elements {@code from} to {@code to - 1} as worker number {@code worker}. */
    void run(int worker, int from, int to);
  }

  /** The number of elements below which a hand-off to the team costs more than it saves. */
  private static final int ALONE_BELOW = 1 << 14;

  private static final Task NOTHING = (worker, workers) -> {};

  /** How long an idle worker watches for the next task before it parks. */
  private static final long WATCH_NANOS = 50_000;

  /** How often the caller looks for the last worker before it offers its core to others. */
  private static final int LOOKS_BEFORE_YIELD = 1_000;

  /**
   * The longs between the states of two workers. They fill two cache lines, because processors
   * fetch lines in pairs, and a worker that writes its state must not slow the others down.
   */
  private static final int STRIDE = 16;

  private static final int CLAIMED = 1;
  private static final int FINISHED = 2;
  private static final int PARKED = 3;

  /**
   * The state of worker w starts at {@code w * STRIDE}: the last generation claimed, the last
   * generation finished, and 1 if the worker is parked. The caller's state, the first, has the
   * current generation in element 0.
   */
  private final AtomicLongArray state;

  private final Thread[] threads;
  private final @Nullable Throwable[] failures;
  private final AtomicBoolean busy = new AtomicBoolean();
  private Task task = NOTHING;
  private volatile boolean closed;

  /**
   * Starts the team.
   *
   * @param workers the number of threads, including the caller
   * @throws IllegalArgumentException if {@code workers} is less than 1
   */
  Workers(int workers) {
    if (workers < 1) {
      throw new IllegalArgumentException("a team has at least one worker, not " + workers);
    }
    // One line of slack before the first and after the last keeps neighbours in the heap away.
    state = new AtomicLongArray((workers + 1) * STRIDE);
    failures = new Throwable[workers];
    threads = new Thread[workers - 1];
    for (int i = 0; i < threads.length; i++) {
      int worker = i + 1;
      threads[i] =
          Thread.ofPlatform().daemon().name("lockstep-worker-" + worker).start(() -> serve(worker));
    }
  }

  /** The number of threads, including the caller. */
  int count() {
    return failures.length;
  }

  /** Allocates one array of the given length for each worker. */
  float[][] arrays(int length) {
    float[][] arrays = new float[count()][];
    Arrays.setAll(arrays, worker -> new float[length]);
    return arrays;
  }

  /**
   * Runs all parts of a task and returns when all have ended.
   *
   * <p>If parts throw, this throws the exception of the lowest worker after all parts have ended,
   * with the others suppressed in it.
   *
   * @throws IllegalStateException if the team is closed or already running a task
   */
  void run(Task newTask) {
    enter();
    try {
      if (threads.length == 0) {
        newTask.run(0, 1);
        return;
      }
      publish(newTask);
      long generation = state.get(0);
      runPart(0);
      for (int worker = 1; worker < count(); worker++) {
        if (claim(worker, generation)) {
          runPart(worker);
          finish(worker, generation);
        }
      }
      for (int worker = 1; worker < count(); worker++) {
        awaitFinish(worker, generation);
      }
      // So that the arrays of this task can be collected before the next task comes.
      task = NOTHING;
      rethrow();
    } finally {
      busy.set(false);
    }
  }

  /**
   * Prepares a call that splits {@code 0 .. count} over the team, or runs it alone if it is too
   * little work to share. The call allocates nothing.
   *
   * @param work the number of elements touched by all workers
   */
  Runnable sharing(int count, long work, Range range) {
    if (work < ALONE_BELOW) {
      return () -> range.run(0, 0, count);
    }
    Task shares =
        (worker, team) ->
            range.run(
                worker,
                (int) ((long) count * worker / team),
                (int) ((long) count * (worker + 1) / team));
    return () -> run(shares);
  }

  /** Ends the threads and waits for them. Closing again does nothing. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    enter();
    closed = true;
    publish(NOTHING);
    boolean interrupted = false;
    for (Thread thread : threads) {
      boolean ended = false;
      while (!ended) {
        try {
          thread.join();
          ended = true;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    busy.set(false);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void enter() {
    if (!busy.compareAndSet(false, true)) {
      throw new IllegalStateException("the team is already running a task");
    }
    if (closed) {
      busy.set(false);
      throw new IllegalStateException("the team is closed");
    }
  }

  private void publish(Task newTask) {
    task = newTask;
    // A worker sets PARKED and then reads the generation; here the order is reversed. One of the
    // two sees the other's write, so no worker sleeps through a task.
    state.set(0, state.get(0) + 1);
    for (int i = 0; i < threads.length; i++) {
      if (state.get((i + 1) * STRIDE + PARKED) == 1) {
        LockSupport.unpark(threads[i]);
      }
    }
  }

  /** The main loop of a worker's thread. */
  private void serve(int worker) {
    long seen = 0;
    while (true) {
      seen = awaitGenerationAfter(seen, worker);
      if (closed) {
        return;
      }
      // The caller waits for a claimed part, so the task stays in place.
      if (claim(worker, seen)) {
        runPart(worker);
        finish(worker, seen);
      }
    }
  }

  private long awaitGenerationAfter(long seen, int worker) {
    long start = System.nanoTime();
    while (state.get(0) == seen) {
      if (System.nanoTime() - start < WATCH_NANOS) {
        Thread.onSpinWait();
        continue;
      }
      state.set(worker * STRIDE + PARKED, 1);
      while (state.get(0) == seen) {
        LockSupport.park(this);
      }
      state.set(worker * STRIDE + PARKED, 0);
    }
    return state.get(0);
  }

  private boolean claim(int worker, long generation) {
    int index = worker * STRIDE + CLAIMED;
    long claimed = state.get(index);
    return claimed < generation && state.compareAndSet(index, claimed, generation);
  }

  private void runPart(int worker) {
    try {
      task.run(worker, count());
    } catch (Throwable failure) {
      failures[worker] = failure;
    }
  }

  private void finish(int worker, long generation) {
    state.set(worker * STRIDE + FINISHED, generation);
  }

  private void awaitFinish(int worker, long generation) {
    int looks = 0;
    while (state.get(worker * STRIDE + FINISHED) != generation) {
      if (++looks < LOOKS_BEFORE_YIELD) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  private void rethrow() {
    @Nullable Throwable first = null;
    for (Throwable failure : failures) {
      if (first == null) {
        first = failure;
      } else if (failure != null && failure != first) {
        first.addSuppressed(failure);
      }
    }
    Arrays.fill(failures, null);
    switch (first) {
      case null -> {}
      case RuntimeException exception -> throw exception;
      case Error error -> throw error;
      default -> throw new IllegalStateException("a task threw a checked exception", first);
    }
  }
}
