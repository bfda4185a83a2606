package dev.lockstep.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class WorkersTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void runsEachPartOnce(int count) {
    try (Workers workers = new Workers(count)) {
      AtomicIntegerArray runs = new AtomicIntegerArray(count);
      workers.run(
          (worker, all) -> {
            assertThat(all).isEqualTo(count);
            runs.incrementAndGet(worker);
          });
      for (int worker = 0; worker < count; worker++) {
        assertThat(runs.get(worker)).as("runs of part %d", worker).isEqualTo(1);
      }
    }
  }

  /** Plain fields written by the parts are read by the caller: the hand-off must publish them. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void losesNothingInManyHandOffs(int count) {
    int[] sums = new int[count * 64];
    int handOffs = 100_000;
    try (Workers workers = new Workers(count)) {
      for (int i = 0; i < handOffs; i++) {
        workers.run((worker, all) -> sums[worker * 64]++);
      }
    }
    for (int worker = 0; worker < count; worker++) {
      assertThat(sums[worker * 64]).as("runs of part %d", worker).isEqualTo(handOffs);
    }
  }

  @Test
  void wakesParkedWorkers() {
    try (Workers workers = new Workers(3)) {
      for (int i = 0; i < 200; i++) {
        // Pauses around the time for which a worker watches before it parks.
        LockSupport.parkNanos(Duration.ofNanos(i * 1_000L).toNanos());
        AtomicInteger runs = new AtomicInteger();
        workers.run((worker, all) -> runs.incrementAndGet());
        assertThat(runs).hasValue(3);
      }
    }
  }

  /** While the caller is busy with its own part, the others run on threads of the team. */
  @Test
  void runsPartsOnThreadsOfTheTeam() {
    try (Workers workers = new Workers(3)) {
      CountDownLatch others = new CountDownLatch(2);
      workers.run(
          (worker, all) -> {
            if (worker == 0) {
              awaitQuietly(others);
            } else {
              others.countDown();
            }
          });
      assertThat(others.getCount()).isZero();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void rethrowsWithTheOthersSuppressedAndGoesOn() {
    try (Workers workers = new Workers(3)) {
      Throwable thrown =
          catchThrowable(
              () ->
                  workers.run(
                      (worker, all) -> {
                        throw new IllegalArgumentException("part " + worker);
                      }));
      assertThat(thrown).isInstanceOf(IllegalArgumentException.class).hasMessage("part 0");
      assertThat(thrown.getSuppressed())
          .extracting(Throwable::getMessage)
          .containsExactly("part 1", "part 2");

      AtomicInteger runs = new AtomicInteger();
      workers.run((worker, all) -> runs.incrementAndGet());
      assertThat(runs).hasValue(3);
    }
  }

  @Test
  void rethrowsOneErrorThrownByAllParts() {
    Error error = new AssertionError("shared");
    try (Workers workers = new Workers(3)) {
      assertThatThrownBy(
              () ->
                  workers.run(
                      (worker, all) -> {
                        throw error;
                      }))
          .isSameAs(error)
          .hasNoSuppressedExceptions();
    }
  }

  @Test
  void rethrowsAfterTheOtherPartsHaveEnded() {
    try (Workers workers = new Workers(2)) {
      AtomicInteger ended = new AtomicInteger();
      assertThatThrownBy(
              () ->
                  workers.run(
                      (worker, all) -> {
                        if (worker == 0) {
                          throw new IllegalArgumentException("at once");
                        }
                        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                        ended.incrementAndGet();
                      }))
          .hasMessage("at once");
      assertThat(ended).hasValue(1);
    }
  }

  @Test
  void refusesATaskWithinATask() {
    try (Workers workers = new Workers(1)) {
      assertThatThrownBy(() -> workers.run((worker, all) -> workers.run((w, a) -> {})))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("already running");
    }
  }

  @Test
  void endsItsThreadsOnClose() {
    Workers workers = new Workers(2);
    AtomicReference<Thread> thread = new AtomicReference<>();
    CountDownLatch seen = new CountDownLatch(1);
    workers.run(
        (worker, all) -> {
          if (worker == 0) {
            awaitQuietly(seen);
          } else {
            thread.set(Thread.currentThread());
            seen.countDown();
          }
        });
    assertThat(thread.get()).isNotSameAs(Thread.currentThread());
    workers.close();
    assertThat(thread.get()).isNotNull().matches(t -> !t.isAlive(), "ended");
  }

  @Test
  void refusesTasksAfterClose() {
    Workers workers = new Workers(2);
    workers.close();
    workers.close();
    assertThatThrownBy(() -> workers.run((worker, all) -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void closesWithAnInterruptPending() {
    Workers workers = new Workers(2);
    Thread.currentThread().interrupt();
    workers.close();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void refusesAnEmptyTeam() {
    assertThatThrownBy(() -> new Workers(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
