package dev.lockstep.gpu.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.machine.NvidiaFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which entry of the table an answer of the driver leads to, in made-up circumstances. */
final class CudaTroubleTest {

  private static final String MODULE =
      "proc/driver/nvidia/version=NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue";
  private static final String MODULES = "proc/modules=nvidia_uvm 1 0 - Live\nnvidia 1 1 - Live\n";

  /** A machine on which only the device, or nothing, is wrong. */
  private static final List<String> SOUND =
      List.of(MODULE, MODULES, "dev/nvidiactl=", "dev/nvidia-uvm=", "dev/nvidia0=");

  private static final List<String> WSL =
      List.of("proc/sys/kernel/osrelease=5.15.90.1-microsoft-standard-WSL2", "dev/dxg=");

  /**
   * A case of the table.
   *
   * @param machine files as {@code path=content}, links as {@code path->target}, variables as
   *     {@code $NAME=value}
   */
  private record Case(
      CudaTrouble expected, CudaStep step, int code, int mode, List<String> machine) {
    @Override
    public String toString() {
      return expected + " of " + step + " " + code + " " + machine;
    }
  }

  private static Case of(CudaTrouble expected, CudaStep step, int code, String... machine) {
    return new Case(expected, step, code, 0, List.of(machine));
  }

  private static Case on(List<String> machine, CudaTrouble expected, int code, String... more) {
    return new Case(
        expected,
        CudaStep.START,
        code,
        0,
        Stream.concat(machine.stream(), Arrays.stream(more)).toList());
  }

  private static Case opening(CudaTrouble expected, CudaStep step, int code) {
    return new Case(expected, step, code, 0, SOUND);
  }

  private static Stream<Case> cases() {
    return Stream.of(
        of(CudaTrouble.NO_DRIVER, CudaStep.FIND, 0),
        of(CudaTrouble.CONTAINER_WITHOUT_LIBRARY, CudaStep.FIND, 0, ".dockerenv="),
        of(CudaTrouble.CONTAINER_WITHOUT_LIBRARY, CudaStep.FIND, 0, "run/.containerenv="),
        of(CudaTrouble.CONTAINER_WITHOUT_LIBRARY, CudaStep.FIND, 0, "$KUBERNETES_SERVICE_HOST=x"),
        of(CudaTrouble.CONTAINER_WITHOUT_LIBRARY, CudaStep.FIND, 0, "$container=podman"),
        of(
            CudaTrouble.CONTAINER_WITHOUT_LIBRARY,
            CudaStep.FIND,
            0,
            "proc/1/cgroup=0::/kubepods/besteffort/pod1"),
        of(CudaTrouble.LIBRARY_NOT_INSTALLED, CudaStep.FIND, 0, MODULE),
        of(CudaTrouble.LIBRARY_NOT_INSTALLED, CudaStep.FIND, 0, MODULE, ".dockerenv="),
        of(CudaTrouble.WSL_WITHOUT_LIBRARY, CudaStep.FIND, 0, WSL.getFirst()),
        of(CudaTrouble.WSL_WITHOUT_LIBRARY, CudaStep.FIND, 0, "dev/dxg="),
        of(CudaTrouble.WSL_WITHOUT_LIBRARY, CudaStep.FIND, 0, "$WSL_DISTRO_NAME=Ubuntu"),
        of(CudaTrouble.WSL_WITHOUT_LIBRARY, CudaStep.FIND, 0, "$WSL_INTEROP=/run/WSL/1"),
        of(
            CudaTrouble.WSL_LIBRARY_NOT_SEARCHED,
            CudaStep.FIND,
            0,
            "dev/dxg=",
            "usr/lib/wsl/lib/libcuda.so.1="),
        of(CudaTrouble.LIBRARY_NOT_LOADED, CudaStep.LOAD, 0),
        of(CudaTrouble.WSL_LIBRARY_INCOMPLETE, CudaStep.LOAD, 0, "dev/dxg="),
        of(CudaTrouble.LIBRARY_TOO_OLD, CudaStep.FUNCTIONS, 0),
        of(CudaTrouble.NATIVE_CODE_FORBIDDEN, CudaStep.FORBIDDEN, 0),
        of(CudaTrouble.PROCESS_NOT_STARTED, CudaStep.PROCESS, 0),
        of(CudaTrouble.DRIVER_CRASHED, CudaStep.CRASH, 0),
        of(CudaTrouble.DRIVER_HUNG, CudaStep.HANG, 0),
        of(CudaTrouble.NONSENSE, CudaStep.NONSENSE, 0),
        on(SOUND, CudaTrouble.STUB, 34),
        on(SOUND, CudaTrouble.EMULATED_WITHOUT_DEVICE, 100, "emulated"),
        on(SOUND, CudaTrouble.NO_DEVICE, 100),
        on(SOUND, CudaTrouble.ALL_HIDDEN, 100, "$CUDA_VISIBLE_DEVICES="),
        on(SOUND, CudaTrouble.ALL_HIDDEN, 100, "$CUDA_VISIBLE_DEVICES= "),
        on(SOUND, CudaTrouble.ALL_HIDDEN, 100, "$CUDA_VISIBLE_DEVICES=-1"),
        on(WSL, CudaTrouble.ALL_HIDDEN, 100, "$CUDA_VISIBLE_DEVICES=-1,0"),
        on(SOUND, CudaTrouble.VISIBLE_MALFORMED, 100, "$CUDA_VISIBLE_DEVICES=cuda:0"),
        on(SOUND, CudaTrouble.VISIBLE_MALFORMED, 100, "$CUDA_VISIBLE_DEVICES=all"),
        on(SOUND, CudaTrouble.VISIBLE_MALFORMED, 101, "$CUDA_VISIBLE_DEVICES=\u001b[31mred"),
        on(SOUND, CudaTrouble.VISIBLE_ELSEWHERE, 100, "$CUDA_VISIBLE_DEVICES=7"),
        on(SOUND, CudaTrouble.VISIBLE_ELSEWHERE, 100, "$CUDA_VISIBLE_DEVICES=1, 2"),
        on(SOUND, CudaTrouble.VISIBLE_ELSEWHERE, 100, "$CUDA_VISIBLE_DEVICES=GPU-8932f937-d72c"),
        on(SOUND, CudaTrouble.VISIBLE_ELSEWHERE, 100, "$CUDA_VISIBLE_DEVICES=MIG-GPU-8932/1/0"),
        of(CudaTrouble.WSL_WITHOUT_GPU, CudaStep.START, 100, WSL.getFirst()),
        of(
            CudaTrouble.WSL_WITHOUT_GPU,
            CudaStep.START,
            100,
            "$WSL_DISTRO_NAME=x",
            "$WSL_INTEROP=y"),
        on(WSL, CudaTrouble.WSL_DRIVER_OF_WINDOWS, 100),
        on(WSL, CudaTrouble.WSL_DRIVER_OF_WINDOWS, 500),
        on(WSL, CudaTrouble.WSL_DRIVER_OF_WINDOWS, 999),
        of(CudaTrouble.CONTAINER_WITHOUT_DEVICES, CudaStep.START, 100, MODULE, ".dockerenv="),
        of(CudaTrouble.OTHER_KERNEL_DRIVER, CudaStep.START, 100, "proc/modules=nouveau 1 0 - Live"),
        of(CudaTrouble.NO_KERNEL_MODULE, CudaStep.START, 100),
        of(CudaTrouble.NO_KERNEL_MODULE, CudaStep.START, 999),
        on(SOUND, CudaTrouble.RELEASES_DIFFER, 999, "lib/libcuda.so.1->libcuda.so.535.183.01"),
        on(SOUND, CudaTrouble.RELEASES_DIFFER, 803, "lib/libcuda.so.1->libcuda.so.535.183.01"),
        on(SOUND, CudaTrouble.NO_DEVICE, 100, "lib/libcuda.so.1->libcuda.so.550.54.15"),
        on(SOUND, CudaTrouble.DRIVER_MISMATCH, 803),
        of(CudaTrouble.NO_DEVICE_FILES, CudaStep.START, 100, MODULE, MODULES),
        on(
            List.of(MODULE, MODULES, "dev/nvidiactl/", "dev/nvidia-uvm="),
            CudaTrouble.DEVICE_FILES_FORBIDDEN,
            100),
        on(
            List.of(MODULE, MODULES, "dev/nvidiactl=", "dev/nvidia-uvm/"),
            CudaTrouble.DEVICE_FILES_FORBIDDEN,
            304),
        on(List.of(MODULE, MODULES, "dev/nvidiactl="), CudaTrouble.NO_UNIFIED_MEMORY, 999),
        on(
            List.of(MODULE, "proc/modules=nvidia 1 0 - Live", "dev/nvidiactl=", "dev/nvidia-uvm="),
            CudaTrouble.NO_UNIFIED_MEMORY,
            304),
        on(SOUND, CudaTrouble.DEVICE_BUSY_AT_START, 46),
        on(SOUND, CudaTrouble.INVALID_DEVICE_AT_START, 101),
        on(SOUND, CudaTrouble.MEMORY_FAULT, 214),
        on(SOUND, CudaTrouble.UNSUPPORTED_AT_START, 222),
        on(SOUND, CudaTrouble.SYSTEM_CALL_FAILED, 304),
        on(SOUND, CudaTrouble.NOT_PERMITTED, 800),
        on(SOUND, CudaTrouble.NOT_SUPPORTED, 801),
        on(SOUND, CudaTrouble.SYSTEM_NOT_READY, 802),
        on(SOUND, CudaTrouble.COMPATIBILITY_LIBRARY, 804),
        on(SOUND, CudaTrouble.COMPATIBILITY_LIBRARY, 804, "compat/libcuda.so.1->libcuda.so.560.1"),
        on(SOUND, CudaTrouble.SERVICE_FAILED, 805),
        on(SOUND, CudaTrouble.SERVICE_FAILED, 810),
        on(SOUND, CudaTrouble.UNKNOWN_AT_START, 999),
        on(SOUND, CudaTrouble.OTHER, 12345),
        on(SOUND, CudaTrouble.OTHER, -1),
        opening(CudaTrouble.DEVICE_FULL, CudaStep.CONTEXT, 2),
        opening(CudaTrouble.DEVICE_BUSY, CudaStep.CONTEXT, 46),
        new Case(CudaTrouble.EXCLUSIVE, CudaStep.CONTEXT, 46, 3, SOUND),
        new Case(CudaTrouble.PROHIBITED, CudaStep.CONTEXT, 46, 2, SOUND),
        opening(CudaTrouble.INVALID_DEVICE, CudaStep.CONTEXT, 101),
        opening(CudaTrouble.MEMORY_FAULT, CudaStep.CONTEXT, 214),
        opening(CudaTrouble.SYSTEM_NOT_READY, CudaStep.CONTEXT, 802),
        opening(CudaTrouble.UNKNOWN_OF_CONTEXT, CudaStep.CONTEXT, 999),
        opening(CudaTrouble.OTHER, CudaStep.CONTEXT, 54321),
        opening(CudaTrouble.DEVICE_FULL_OF_CODE, CudaStep.MODULE, 2),
        opening(CudaTrouble.NO_CODE_FOR_DEVICE, CudaStep.MODULE, 209),
        opening(CudaTrouble.REFUSED_PTX, CudaStep.MODULE, 218),
        opening(CudaTrouble.NO_COMPILER, CudaStep.MODULE, 221),
        opening(CudaTrouble.OLD_COMPILER, CudaStep.MODULE, 222),
        opening(CudaTrouble.OTHER, CudaStep.MODULE, 54321));
  }

  @TempDir Path root;

  /** Makes the machine of a case. */
  private Circumstances circumstances(Case of) throws Exception {
    Map<String, String> variables = new HashMap<>();
    Optional<Path> library = Optional.empty();
    Hardware hardware = Hardware.REAL;
    for (String part : of.machine()) {
      if (part.equals("emulated")) {
        hardware = Hardware.EMULATED;
      } else if (part.startsWith("$")) {
        String[] variable = part.substring(1).split("=", 2);
        variables.put(variable[0], variable[1]);
      } else if (part.contains("->")) {
        String[] link = part.split("->", 2);
        Path file = root.resolve(link[0]);
        Files.createDirectories(file.getParent());
        Files.writeString(file.resolveSibling(link[1]), "");
        library = Optional.of(Files.createSymbolicLink(file, Path.of(link[1])));
      } else if (part.endsWith("/")) {
        Files.createDirectories(root.resolve(part)); // what cannot be opened, even by root
      } else {
        String[] file = part.split("=", 2);
        Files.createDirectories(root.resolve(file[0]).getParent());
        Files.writeString(root.resolve(file[0]), file[1]);
      }
    }
    NvidiaFiles files = new NvidiaFiles(root);
    return new Circumstances(
        new Environment(variables, root, files), files, library, hardware, of.mode());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anAnswerInItsCircumstances(Case of) throws Exception {
    assertThat(CudaTrouble.of(of.step(), of.code(), circumstances(of))).isEqualTo(of.expected());
  }

  @Test
  void everyEntryHasACase() {
    Set<CudaTrouble> shown = EnumSet.noneOf(CudaTrouble.class);
    cases().forEach(each -> shown.add(each.expected()));
    assertThat(shown).containsExactlyInAnyOrder(CudaTrouble.values());
  }

  @Test
  void noAdviceInWslIsALinuxDriver() {
    for (CudaTrouble trouble : CudaTrouble.values()) {
      if (trouble.name().startsWith("WSL")) {
        assertThat(trouble.mend()).doesNotContain("reinstall", "modprobe", "apt");
      }
      assertThat(trouble.cause()).as(trouble.name()).isNotEmpty().doesNotEndWith(".");
      assertThat(trouble.look()).as(trouble.name()).isNotEmpty();
      assertThat(trouble.mend()).as(trouble.name()).isNotEmpty().doesNotEndWith(".");
      assertThat(trouble.title()).as(trouble.name()).isNotEmpty();
    }
  }

  /** docs/doctor.md has the table as it is. */
  @Test
  void theDocumentShowsTheTable() throws Exception {
    String document = Files.readString(Path.of("../docs/doctor.md"));
    List<String> rows =
        document
            .lines()
            .dropWhile(line -> !line.startsWith("|---"))
            .skip(1)
            .takeWhile(line -> line.startsWith("|"))
            .toList();
    assertThat(rows).isEqualTo(Stream.of(CudaTrouble.values()).map(CudaTroubleTest::row).toList());
  }

  /** A row of the document, where a bar in a cell has to be escaped. */
  static String row(CudaTrouble trouble) {
    return Stream.of(
            trouble.answers(),
            trouble.title(),
            trouble.cause(),
            "`" + trouble.look() + "`",
            trouble.mend())
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |"));
  }

  /** JCuda's own table may not be touched by the code, but it may be here. */
  @Test
  void theNamesAreCudas() {
    CudaStatus.names()
        .forEach((code, name) -> assertThat(CUresult.stringFor(code)).isEqualTo(name));
  }
}
