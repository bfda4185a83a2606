package dev.lockstep.gpu.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lockstep.agreement.Difference;
import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Availability.Unavailable;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.backend.Work;
import dev.lockstep.backend.Work.Direction;
import dev.lockstep.backend.Work.HostMemory;
import dev.lockstep.backend.Work.Submission;
import dev.lockstep.gpu.driver.CudaFault;
import dev.lockstep.gpu.emulated.Counter;
import dev.lockstep.gpu.emulated.EmulatedDevice;
import dev.lockstep.gpu.emulated.FreshDevice;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Parameters;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every allocation, launch and call fails once: the fault names what failed, everything is given
 * back, and the device goes on to train with the right bits.
 */
@ExtendWith(FreshDevice.class)
final class FaultsEmulatedTest {
  private static final int CUDA_ERROR_ILLEGAL_ADDRESS = 700;
  private static final Workload WORKLOAD = Workloads.random(Activation.TANH, 33, 7, 7);

  @ParameterizedTest
  @EnumSource(names = {"CANONICAL", "CUBLAS", "CUBLAS_BF16"})
  void outOfMemoryAtEveryAllocation(Products by, EmulatedDevice device) {
    List<CudaFault> faults = inTurn(by, Submission.GRAPH, device, device::failAllocation);
    assertThat(faults).hasSizeGreaterThan(25);
    assertThat(faults)
        .allSatisfy(
            fault -> {
              assertThat(fault.getMessage())
                  .containsAnyOf("allocation of", "workspace of", "start of");
              assertThat(fault.getMessage())
                  .containsAnyOf("CUDA_ERROR_OUT_OF_MEMORY", "CUBLAS_STATUS_ALLOC_FAILED");
            });
    assertThat(faults)
        .extracting(Throwable::getMessage)
        .anyMatch(
            message -> message.startsWith("allocation of W2 failed: CUDA_ERROR_OUT_OF_MEMORY"))
        .anyMatch(message -> message.startsWith("allocation of delta of layer 3 failed"))
        .anyMatch(message -> message.startsWith("allocation of gradient of b1 failed"));
  }

  @ParameterizedTest
  @EnumSource(names = {"CANONICAL", "CUBLAS", "CUBLAS_BF16"})
  void aFailureOfEveryLaunch(Products by, EmulatedDevice device) {
    for (Submission submission : Submission.values()) {
      List<CudaFault> faults = inTurn(by, submission, device, device::failLaunch);
      assertThat(faults).as("%s, %s", by, submission).hasSizeGreaterThan(30);
      assertThat(faults)
          .extracting(Throwable::getMessage)
          .allMatch(message -> message.startsWith("launch of ") || message.startsWith("product "));
    }
  }

  /** Open, run, probe and evaluate with the n-th event failing, for every n. */
  private static List<CudaFault> inTurn(
      Products by, Submission submission, EmulatedDevice device, LongConsumer failing) {
    Parameters expected = trained(by, submission);
    List<CudaFault> faults = new ArrayList<>();
    for (int n = 1; n < 1000; n++) {
      failing.accept(n);
      try {
        trained(by, submission);
        failing.accept(0);
        return faults;
      } catch (CudaFault fault) {
        faults.add(fault);
      }
      failing.accept(0);
      device.verify();
      if (n % 25 == 0) {
        sameBits(expected, trained(by, submission));
      }
    }
    return fail("a thousand faults, and no end");
  }

  /** A device that fails for good takes its context with it; the next one works. */
  @ParameterizedTest
  @EnumSource(names = {"CANONICAL", "CUBLAS"})
  void aLostDevice(Products by, EmulatedDevice device) {
    Parameters expected = trained(by, Submission.GRAPH);
    long calls = device.count(Counter.API_CALLS);
    int faults = 0;
    // A device that is lost before there is a context is none that anybody had.
    for (int n = 1; n < calls; n += 7) {
      device.loseDevice(n, CUDA_ERROR_ILLEGAL_ADDRESS);
      try {
        trained(by, Submission.GRAPH);
      } catch (CudaFault fault) {
        assertThat(fault).hasMessageMatching("[a-zA-Z].* of .* failed: (CUDA|CUBLAS)_.*");
        faults++;
      }
      device.loseDevice(0, CUDA_ERROR_ILLEGAL_ADDRESS);
      device.verify();
      sameBits(expected, trained(by, Submission.GRAPH));
    }
    assertThat(faults).isGreaterThan((int) calls / 7 - 5);
  }

  /** A neighbour on the same device is not affected by a launch that failed. */
  @Test
  void anotherTrainerGoesOn(EmulatedDevice device) {
    Parameters expected = trained(Products.CANONICAL, Submission.GRAPH);
    try (DeviceTrainer neighbour =
        DeviceTrainer.open(Products.CANONICAL, 0, WORKLOAD, Submission.GRAPH)) {
      neighbour.run(1);
      try (DeviceTrainer failing =
          DeviceTrainer.open(Products.CANONICAL, 0, WORKLOAD, Submission.GRAPH)) {
        device.failLaunch(1);
        assertThatExceptionOfType(CudaFault.class).isThrownBy(() -> failing.run(1));
        assertThatExceptionOfType(IllegalStateException.class)
            .isThrownBy(failing::parameters)
            .withMessage("this trainer has failed")
            .withCauseInstanceOf(CudaFault.class);
      }
      neighbour.run(1);
      neighbour.probe();
      sameBits(expected, neighbour.parameters());
    }
  }

  @ParameterizedTest
  @EnumSource
  void closedInMidStep(Products by) {
    for (Submission submission : Submission.values()) {
      try (DeviceTrainer trainer = DeviceTrainer.open(by, 0, WORKLOAD, submission)) {
        trainer.submit(3);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void memoryThatIsShortIsKnownBeforeAnythingIsAllocated(int mib, EmulatedDevice device) {
    device.present(EmulatedDevice.Property.EMULATED_CUDA_MEMORY, String.valueOf(mib));
    Workload large = Workloads.random(Activation.TANH, 250, 1021, 250);
    assertThatExceptionOfType(UnavailableException.class)
        .isThrownBy(() -> DeviceTrainer.open(Products.CANONICAL, 0, large, Submission.GRAPH))
        .satisfies(
            e -> {
              Unavailable why = (Unavailable) e.availability();
              assertThat(why.reason().kind()).isEqualTo(Cause.OUT_OF_MEMORY);
              assertThat(why.reason().sentence())
                  .matches("[0-9.]+ MiB needed on device 0 .*, which has [0-9.]+ MiB free of .*");
            });
  }

  /** The workspace of cuBLAS is 32 MiB, and everything else here far less than one. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CANONICAL")
  void theWorkspaceOfTheLibraryIsPartOfTheNeed(Products by, EmulatedDevice device) {
    device.present(EmulatedDevice.Property.EMULATED_CUDA_MEMORY, "31");
    List<ThrowingCallable> openings =
        List.of(
            () -> DeviceTrainer.open(by, 0, WORKLOAD, Submission.GRAPH),
            () -> DeviceOperations.open(by, 0),
            () ->
                new DeviceTimed(
                    by, 0, new Work.Transfer(7, HostMemory.PINNED, Direction.TO_DEVICE)),
            () ->
                new DeviceTimed(
                    by,
                    0,
                    new Work.Product(
                        ProductForm.AB, new FloatMatrix(7, 33), new FloatMatrix(33, 7))));
    for (ThrowingCallable opening : openings) {
      assertThatExceptionOfType(UnavailableException.class)
          .isThrownBy(opening)
          .withMessageMatching(
              "32(\\.\\d+)? MiB needed on device 0 .*, which has 31(\\.0)? MiB free of .*");
    }
    device.verify();
    device.present(EmulatedDevice.Property.EMULATED_CUDA_MEMORY, "34");
    trained(by, Submission.GRAPH);
  }

  @Test
  void anotherThreadIsRefused() throws InterruptedException {
    try (DeviceTrainer trainer =
        DeviceTrainer.open(Products.CANONICAL, 0, WORKLOAD, Submission.GRAPH)) {
      List<Throwable> thrown = new ArrayList<>();
      Thread other = Thread.ofPlatform().name("other").unstarted(() -> trainer.run(1));
      other.setUncaughtExceptionHandler((thread, e) -> thrown.add(e));
      other.start();
      other.join();
      assertThat(thrown)
          .singleElement()
          .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.THROWABLE)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("this trainer is for thread")
          .hasMessageContaining("not other");
    }
  }

  /** Two steps, a probe and an evaluation. */
  private static Parameters trained(Products by, Submission submission) {
    try (DeviceTrainer trainer = DeviceTrainer.open(by, 0, WORKLOAD, submission)) {
      trainer.run(2);
      trainer.probe();
      trainer.evaluate(WORKLOAD.data().test());
      return trainer.parameters();
    }
  }

  private static void sameBits(Parameters expected, Parameters actual) {
    Difference.first(3, expected, actual).ifPresent(d -> fail(d.toString()));
  }
}
