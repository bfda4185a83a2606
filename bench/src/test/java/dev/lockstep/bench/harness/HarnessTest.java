package dev.lockstep.bench.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.bench.timing.DigitsEpoch;
import dev.lockstep.bench.timing.ElementwiseKind;
import dev.lockstep.input.InputException;
import dev.lockstep.machine.LastLevelCache;
import dev.lockstep.machine.Linux;
import dev.lockstep.machine.MadeUpMachine;
import dev.lockstep.program.ProductForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each harness by hand, on the backends of the host. No number is read: that they verify. */
final class HarnessTest {

  @TempDir Path folder;

  @AfterEach
  void tellNobody() {
    System.clearProperty(Verification.FILE_PROPERTY);
    System.clearProperty(Linux.ROOT_PROPERTY);
  }

  private Path listen() {
    Path file = folder.resolve("told");
    System.setProperty(Verification.FILE_PROPERTY, file.toString());
    return file;
  }

  private static List<JsonNode> told(Path file) throws IOException {
    return Files.readAllLines(file).stream().map(JsonMapper.shared()::readTree).toList();
  }

  private static Backend named(String name) {
    return Backends.named("test", name);
  }

  private static Backend wrong(int soundReadings) {
    return new WrongBit(named("vector"), soundReadings);
  }

  private static ElementwiseBenchmark elementwise(String operation, int batch, int width) {
    ElementwiseBenchmark benchmark = new ElementwiseBenchmark();
    benchmark.operation = operation;
    benchmark.batch = batch;
    benchmark.width = width;
    benchmark.threads = 2;
    benchmark.cache = "warm";
    benchmark.calls = 3;
    return benchmark;
  }

  private static void run(ElementwiseBenchmark benchmark, Backend backend) {
    benchmark.open(backend);
    benchmark.reset();
    benchmark.operation();
    benchmark.operation();
    benchmark.close();
  }

  static Stream<String> operations() {
    return Stream.of(ElementwiseKind.values()).map(ElementwiseKind::label);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void everyElementOfAnElementwiseOperationIsVerified(String operation) throws Exception {
    Path told = listen();
    for (String backend : List.of("vector", "scalar")) {
      run(elementwise(operation, 33, 129), named(backend));
      run(elementwise(operation, 1, 7), named(backend));
      run(elementwise(operation, 250, 1021), named(backend));
    }
    assertThat(told(told)).hasSize(12).allMatch(line -> line.get("bounded").asInt() == 0);
    long last = told(told).getLast().get("equal").asLong();
    assertThat(last)
        .isEqualTo(
            switch (operation) {
              case "column-sums" -> 1021;
              case "cross-entropy" -> 250 * 1021 + 250;
              case "gelu" -> 2 * 250 * 1021;
              default -> 250 * 1021;
            });
  }

  @Test
  void coldArraysTakeTurnsAndAllAreVerified() throws Exception {
    MadeUpMachine.withCache(folder, "64K");
    System.setProperty(Linux.ROOT_PROPERTY, folder.toString());
    Path told = listen();
    ElementwiseBenchmark benchmark = elementwise("sgd", 33, 129);
    benchmark.cache = "cold";
    run(benchmark, named("vector"));
    int sets = Math.ceilDiv(2 * 65536, 2 * 4 * 33 * 129);
    assertThat(told(told).getFirst().get("equal").asLong()).isEqualTo(sets * 33L * 129);
  }

  @Test
  void whereTheCachesAreUnknownNoArrayIsCalledCold() {
    System.setProperty(Linux.ROOT_PROPERTY, folder.toString());
    ElementwiseBenchmark benchmark = elementwise("sgd", 33, 129);
    benchmark.cache = "cold";
    assertThatExceptionOfType(UnavailableException.class)
        .isThrownBy(() -> benchmark.open(named("vector")))
        .withMessage(LastLevelCache.UNKNOWN + ": time warm operands only");
  }

  @ParameterizedTest
  @MethodSource("operations")
  void manyCallsLeaveNumbersThatTakeTheSameTime(String operation) {
    ElementwiseBenchmark benchmark = elementwise(operation, 7, 33);
    benchmark.calls = 100_000;
    run(benchmark, named("vector"));
  }

  @ParameterizedTest
  @MethodSource("operations")
  void aWrongBitOfAnElementwiseOperationHasNoNumber(String operation) {
    assertThatIllegalStateException()
        .isThrownBy(() -> elementwise(operation, 33, 129).open(wrong(0)))
        .withMessageContaining("before timing: ")
        .withMessageContaining(" of set 1")
        .withMessageContaining("expected");
    ElementwiseBenchmark later = elementwise(operation, 33, 129);
    later.open(wrong(1));
    later.reset();
    later.operation();
    assertThatIllegalStateException()
        .isThrownBy(later::close)
        .withMessageContaining("after timing: ")
        .withMessageContaining(" of set 1");
  }

  @Test
  void numbersThatTakeAnotherTimeAreNone() {
    ElementwiseBenchmark benchmark = elementwise("tanh", 33, 129);
    benchmark.open(new Drifting(named("vector"), 1));
    benchmark.reset();
    benchmark.operation();
    assertThatIllegalStateException()
        .isThrownBy(benchmark::close)
        .withMessageContaining("numbers that take another time");
  }

  @ParameterizedTest
  @EnumSource(ProductForm.class)
  void aWrongBitOfAProductHasNoNumber(ProductForm form) {
    ProductBenchmark benchmark = new ProductBenchmark();
    benchmark.shape = "33x129x7";
    benchmark.form = form;
    benchmark.threads = 1;
    benchmark.calls = 2;
    benchmark.open(named("vector"));
    benchmark.reset();
    benchmark.product();
    benchmark.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> benchmark.open(wrong(0)))
        .withMessageContaining("before timing: C[32][128]");
    benchmark.open(wrong(1));
    assertThatIllegalStateException()
        .isThrownBy(benchmark::close)
        .withMessageContaining("after timing: C[32][128]");
  }

  private static <A extends StepAxes> A small(A axes) {
    axes.data = "digits";
    axes.width = 33;
    axes.depth = 2;
    axes.batch = 7;
    axes.activation = "relu";
    axes.init = "random";
    axes.threads = 2;
    axes.submission = "graph";
    return axes;
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "scalar"})
  void aStepIsVerified(String backend) throws Exception {
    Path told = listen();
    StepBenchmark benchmark = small(new StepBenchmark());
    benchmark.steps = 3;
    benchmark.open(named(backend));
    benchmark.reset();
    benchmark.step();
    benchmark.close();
    assertThat(told(told)).hasSize(2);

    assertThatIllegalStateException()
        .isThrownBy(() -> benchmark.open(wrong(0)))
        .withMessageContaining("before timing: step 2, W1[0][32]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "scalar"})
  void aFirstCallIsVerifiedAfterwards(String backend) throws Exception {
    Path told = listen();
    FirstCallBenchmark benchmark = small(new FirstCallBenchmark());
    benchmark.prepare(named(backend));
    benchmark.firstStep();
    assertThatIllegalStateException()
        .isThrownBy(benchmark::firstStep)
        .withMessageContaining("not the first call");
    benchmark.close();
    assertThat(told(told)).hasSize(1);

    FirstCallBenchmark broken = small(new FirstCallBenchmark());
    broken.prepare(wrong(0));
    broken.firstStep();
    assertThatIllegalStateException()
        .isThrownBy(broken::close)
        .withMessageContaining("after timing: step 2, W1[0][32]");
  }

  private static EpochBenchmark epoch(Backend backend) {
    EpochBenchmark benchmark = new EpochBenchmark();
    benchmark.width = 33;
    benchmark.depth = 2;
    benchmark.batch = 250;
    benchmark.activation = "tanh";
    benchmark.init = "equal";
    benchmark.threads = 1;
    benchmark.choose(backend);
    return benchmark;
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "scalar"})
  void anEpochLeavesTheBitsOfAnother(String backend) throws Exception {
    Path told = listen();
    EpochBenchmark benchmark = epoch(named(backend));
    EpochBenchmark.Earlier earlier = new EpochBenchmark.Earlier();
    earlier.verify(benchmark);
    benchmark.warm(earlier);
    benchmark.verify();
    EpochBenchmark first = epoch(named(backend));
    first.cold();
    first.verify();
    int parameters = 64 * 33 + 33 + 33 * 33 + 33 + 33 * 10 + 10;
    assertThat(told(told)).hasSize(3).allMatch(line -> line.get("equal").asInt() == parameters);

    assertThatIllegalStateException()
        .isThrownBy(first::cold)
        .withMessageContaining("not the first");
  }

  @Test
  void aWrongBitOfAnEpochHasNoNumber() {
    EpochBenchmark broken = epoch(wrong(0));
    assertThatIllegalStateException()
        .isThrownBy(() -> new EpochBenchmark.Earlier().verify(broken))
        .withMessageContaining("before timing: W1[0]");
    broken.cold();
    assertThatIllegalStateException()
        .isThrownBy(broken::verify)
        .withMessageContaining("after timing: W1[0]");
  }

  @Test
  void whatOnlyADeviceDoesIsNotDoneOnTheHost() {
    SubmitBenchmark submit = small(new SubmitBenchmark());
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> submit.open(named("vector")))
        .withMessageContaining("backend is vector, which runs on the host");
    TransferBenchmark transfer = new TransferBenchmark();
    transfer.memory = "pinned";
    transfer.direction = "to-host";
    transfer.size = 1;
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> transfer.open(named("vector")))
        .withMessageContaining("backend is vector, which runs on the host");
    DeviceCopyCeiling copy = new DeviceCopyCeiling();
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> copy.open(named("scalar")))
        .withMessageContaining("backend is scalar, which runs on the host");
  }

  @Test
  void workIsCounted() {
    assertThat(ElementwiseKind.SGD.flops(3, 5)).isEqualTo(30);
    assertThat(ElementwiseKind.SGD.bytes(3, 5)).isEqualTo(3 * 4 * 15);
    assertThat(ElementwiseKind.TANH.bytes(3, 5)).isEqualTo(4 * (2 * 15 + 5));
    assertThat(ElementwiseKind.GELU.bytes(3, 5)).isEqualTo(4 * (3 * 15 + 5));
    assertThat(ElementwiseKind.TANH_DERIVATIVE.bytes(3, 5)).isEqualTo(4 * 3 * 15);
    assertThat(ElementwiseKind.COLUMN_SUMS.bytes(3, 5)).isEqualTo(4 * (15 + 5));
    assertThat(ElementwiseKind.CROSS_ENTROPY.bytes(3, 5)).isEqualTo(4 * (2 * 15 + 2 * 3));
    // 192 steps of 7 rows; 64 in, one hidden layer of 2, 10 out.
    assertThat(DigitsEpoch.flops(2, 1, 7))
        .isEqualTo(1344 * 2 * (2 * 128 + 3 * 20) + 2 * 450 * (128 + 20));
  }
}
