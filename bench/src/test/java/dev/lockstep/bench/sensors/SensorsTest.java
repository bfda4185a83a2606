package dev.lockstep.bench.sensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.gpu.discovery.ComputeCapability;
import dev.lockstep.gpu.discovery.CudaDevice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SensorsTest {
  private static final String NO_LIBRARY = "/nowhere/libnvidia-ml.so.1";

  @TempDir Path folder;

  private static Map<String, String> texts(Sensors sensors) {
    return sensors.readings().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().toString()));
  }

  @Test
  void theProcessorSaysWhatLinuxShows() {
    FakeMachine machine =
        new FakeMachine(folder)
            .cpu(0, "performance", "3000000")
            .cpu(1, "powersave", "1000000")
            .zone("intel-rapl:0", "package-0", 5_000_000, 100_000_000)
            .zone("intel-rapl:0:0", "core", 1, 2)
            .zone("intel-rapl:1", "package-1", 7_000_000, 100_000_000)
            .zone("intel-rapl:2", "psys", 1, 2);
    Sensors sensors = Sensors.of(machine.sys(), NO_LIBRARY, FakeMachine.BUS);
    assertThat(texts(sensors))
        .containsEntry("CPU governor", "performance, powersave")
        .containsEntry("CPU clock", "2000 MHz")
        .containsEntry("CPU energy counter", "readable")
        .containsEntry(
            "GPU power", "not readable: no NVIDIA management library (libnvidia-ml.so.1)");
  }

  /** A part of a divided device has no sensors of its own. */
  @Test
  void theSensorsOfAPartAreThoseOfTheWholeCard() {
    Optional<String> bus = Optional.empty();
    ComputeCapability capability = new ComputeCapability(9, 0);
    CudaDevice whole = new CudaDevice(0, "NVIDIA H100 MIGHTY", capability, 1, bus);
    CudaDevice part = new CudaDevice(0, "NVIDIA H100 MIG 1g.10gb", capability, 1, bus);
    assertThat(texts(Sensors.ofThisMachine(whole))).doesNotContainKey("GPU sensors");
    assertThat(texts(Sensors.ofThisMachine(part)))
        .containsEntry("GPU sensors", "of the whole card; the device is a part of it (MIG)");
  }

  @Test
  void energyIsThatOfAllPackagesThroughAStartFromZero() {
    FakeMachine machine =
        new FakeMachine(folder)
            .zone("intel-rapl:0", "package-0", 99_000_000, 100_000_000)
            .zone("intel-rapl:0:1", "dram", 50, 100_000_000)
            .zone("intel-rapl:1", "package-1", 7_000_000, 100_000_000);
    Sensors.Energy energy = Sensors.of(machine.sys(), NO_LIBRARY, null).energy();
    machine
        .zone("intel-rapl:0", "package-0", 2_000_000, 100_000_000)
        .zone("intel-rapl:0:1", "dram", 90_000_000, 100_000_000)
        .zone("intel-rapl:1", "package-1", 7_500_000, 100_000_000);
    assertThat(energy.cpu()).isEqualTo(new Reading.Quantity(3.5, "J"));
    assertThat(energy.gpu())
        .hasToString("not readable: the driver does not say where the device sits");
  }

  @Test
  void whatCannotBeReadHasTheReason() throws Exception {
    FakeMachine machine = new FakeMachine(folder);
    machine.write("devices/system/cpu/cpu0/online", "1");
    Map<String, String> texts = texts(Sensors.of(machine.sys(), NO_LIBRARY, null));
    assertThat(texts.values()).allMatch(text -> text.startsWith("not readable: "));
    assertThat(texts)
        .containsEntry(
            "CPU governor", "not readable: Linux does not scale the processors' clocks here")
        .containsEntry("CPU energy counter", "not readable: Linux shows no powercap zones here");

    machine.zone("intel-rapl:0", "psys", 1, 2);
    assertThat(texts(Sensors.of(machine.sys(), NO_LIBRARY, null)))
        .containsEntry(
            "CPU energy counter", "not readable: the processor shows no energy of a package");
    machine
        .zone("intel-rapl:0", "package-0", 1, 2)
        .write("class/powercap/intel-rapl:0/energy_uj", "x");
    assertThat(texts(Sensors.of(machine.sys(), NO_LIBRARY, null)))
        .containsEntry(
            "CPU energy counter", "not readable: energy_uj of intel-rapl:0 is not a number: x");
    Path counter = machine.sys().resolve("class/powercap/intel-rapl:0/energy_uj");
    Files.delete(counter);
    Files.createDirectory(counter);
    assertThat(texts(Sensors.of(machine.sys(), NO_LIBRARY, null)))
        .containsEntry(
            "CPU energy counter", "not readable: energy_uj of intel-rapl:0 cannot be read");
    assertThat(Sensors.of(machine.sys(), NO_LIBRARY, null).energy().cpu())
        .isInstanceOf(Reading.NotReadable.class);
  }

  @Test
  void theGpuSaysWhatItsLibraryDoes() throws Exception {
    assumeTrue(FakeMachine.hasCompiler(), "there is no gcc to make a library with");
    FakeMachine machine = new FakeMachine(folder);
    String library = machine.library();
    Sensors sensors = Sensors.of(machine.sys(), library, FakeMachine.BUS);
    assertThat(texts(sensors))
        .containsEntry("GPU clock", "1001 MHz")
        .containsEntry("GPU highest clock", "2001 MHz")
        .containsEntry("GPU memory clock", "1002 MHz")
        .containsEntry("GPU clock lowered by", "power cap, thermal slowdown by hardware")
        .containsEntry("GPU power", "345.678 W")
        .containsEntry("GPU power limit", "700 W")
        .containsEntry("GPU temperature", "55 C")
        .containsEntry("GPU ECC", "not readable: nvmlDeviceGetEccMode answers: Not Supported")
        .containsEntry("GPU energy counter", "readable");
    assertThat(sensors.gpuAtWork()).containsEntry("gpu-slowed", new Reading.Quantity(1, "yes/no"));
    assertThat(sensors.energy().gpu()).isEqualTo(new Reading.Quantity(7, "J"));

    assertThat(texts(Sensors.of(machine.sys(), library, "0000:01:00.0")))
        .containsEntry(
            "GPU clock", "not readable: nvmlDeviceGetHandleByPciBusId_v2 answers: Not Found");
  }

  @Test
  void aLibraryThatCannotBeLoadedIsNotAMissingOne() throws Exception {
    assumeTrue(FakeMachine.hasCompiler(), "there is no gcc to make a library with");
    FakeMachine machine = new FakeMachine(folder);
    String library = machine.library();
    byte[] bytes = Files.readAllBytes(Path.of(library));
    bytes[6] = 0; // the version of the format
    Files.write(Path.of(library), bytes);
    assertThat(texts(Sensors.of(machine.sys(), library, FakeMachine.BUS)).get("GPU power"))
        .startsWith("not readable: " + library + " cannot be loaded (");
  }

  @Test
  void thisMachineAnswersOrSaysWhyNot() {
    assertThat(Sensors.ofThisMachine().readings()).hasSize(12);
  }
}
