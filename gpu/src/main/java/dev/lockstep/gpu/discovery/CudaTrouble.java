package dev.lockstep.gpu.discovery;

import static dev.lockstep.gpu.discovery.CudaAnswer.answer;

import dev.lockstep.backend.Availability.Cause;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * The table of what keeps CUDA from running: by which answer, in which circumstances, it is told;
 * its name, its likely cause, one command to look at it, and what mends it. The first entry that
 * fits an answer holds, so those for one circumstance stand before those for any.
 *
 * <p>docs/doctor.md shows this table. The codes are those of {@code CUresult} in {@code cuda.h}.
 * Texts may contain {@code {library}}, the file of the driver's library, and {@code {device}}, the
 * number of a device.
 */
public enum CudaTrouble {
  WSL_LIBRARY_NOT_SEARCHED(
      answer(CudaStep.FIND),
      seen -> seen.isWsl() && seen.offersWslLibrary(),
      "WSL's driver is not where the loader looks",
      Cause.NO_DRIVER,
      "WSL keeps the driver of Windows in /usr/lib/wsl/lib, which the loader does not search",
      "ls -l /usr/lib/wsl/lib/libcuda.so.1; cat /etc/ld.so.conf.d/ld.wsl.conf",
      "export LD_LIBRARY_PATH=/usr/lib/wsl/lib"),
  WSL_WITHOUT_LIBRARY(
      answer(CudaStep.FIND),
      Circumstances::isWsl,
      "no NVIDIA driver in WSL",
      Cause.NO_DRIVER,
      "WSL takes the driver from Windows, which has none for WSL 2 (/usr/lib/wsl/lib)",
      "ls -l /dev/dxg /usr/lib/wsl/lib/libcuda.so.1",
      "install NVIDIA's driver in Windows and run `wsl --update` and `wsl --shutdown` there;"
          + " install no Linux driver in WSL"),
  LIBRARY_NOT_INSTALLED(
      answer(CudaStep.FIND),
      seen -> seen.files().module().isPresent(),
      "the driver's CUDA library is missing",
      Cause.NO_DRIVER,
      "the kernel module is loaded, but the package with libcuda.so.1 is not installed or, in a"
          + " container, not passed in",
      "cat /proc/driver/nvidia/version; ldconfig -p | grep libcuda",
      "install the library of the same release (libcuda1 on Debian, libnvidia-compute-* on Ubuntu);"
          + " in a container set NVIDIA_DRIVER_CAPABILITIES=compute,utility"),
  CONTAINER_WITHOUT_LIBRARY(
      answer(CudaStep.FIND),
      Circumstances::inContainer,
      "a container without GPUs",
      Cause.NO_DRIVER,
      "the container was started without GPUs, so it has no driver of the host",
      "ls /dev/nvidia*",
      "start it with `docker run --gpus all`, with the NVIDIA Container Toolkit on the host"),
  NO_DRIVER(
      answer(CudaStep.FIND),
      _ -> true,
      "no NVIDIA driver",
      Cause.NO_DRIVER,
      "no driver is installed",
      "lspci -d 10de:",
      "install one"),
  WSL_LIBRARY_INCOMPLETE(
      answer(CudaStep.LOAD),
      Circumstances::isWsl,
      "WSL's driver is incomplete",
      Cause.NO_DRIVER,
      "WSL and the driver in Windows do not fit each other, or /usr/lib/wsl/lib is not searched",
      "ls -l /usr/lib/wsl/lib; ldconfig -p | grep wsl",
      "run `wsl --update` and `wsl --shutdown` in Windows, and update NVIDIA's driver there;"
          + " install no Linux driver in WSL"),
  LIBRARY_NOT_LOADED(
      answer(CudaStep.LOAD),
      _ -> true,
      "the driver's library does not load",
      Cause.NO_DRIVER,
      "the driver is installed in part, for another architecture, or where files may not be"
          + " executed",
      "ldd {library}",
      "reinstall the NVIDIA driver, or remove that file's folder from LD_LIBRARY_PATH"),
  LIBRARY_TOO_OLD(
      answer(CudaStep.FUNCTIONS),
      _ -> true,
      "a driver older than CUDA 12",
      Cause.DRIVER_FAILED,
      "the library is older than CUDA 12, or is not NVIDIA's",
      "nvidia-smi",
      "update the NVIDIA driver to version 525 or newer"),
  NATIVE_CODE_FORBIDDEN(
      answer(CudaStep.FORBIDDEN),
      _ -> true,
      "native code is forbidden",
      Cause.NATIVES,
      "an option of the JVM forbids native code, without which there is no CUDA",
      "env | grep -i java",
      "start it with --enable-native-access=ALL-UNNAMED"),
  PROCESS_NOT_STARTED(
      answer(CudaStep.PROCESS),
      _ -> true,
      "the driver could not be asked",
      Cause.DRIVER_FAILED,
      "no further process may be started, or there is no memory for one",
      "ulimit -a",
      "raise the limits on processes and memory (ulimit -u, ulimit -v)"),
  DRIVER_CRASHED(
      answer(CudaStep.CRASH),
      _ -> true,
      "the driver crashed",
      Cause.DRIVER_FAILED,
      "the library does not fit the kernel module, or is damaged",
      "nvidia-smi; cat /proc/driver/nvidia/version; ls -lL {library}",
      "reboot; if it crashes again, reinstall the NVIDIA driver"),
  DRIVER_HUNG(
      answer(CudaStep.HANG),
      _ -> true,
      "the driver does not answer",
      Cause.DRIVER_FAILED,
      "a device has fallen off the bus or is being reset by another process",
      "timeout 60 nvidia-smi; sudo dmesg | grep -i xid",
      "reboot; if devices only start slowly, run nvidia-persistenced"),
  NONSENSE(
      answer(CudaStep.NONSENSE),
      _ -> true,
      "answers that no driver gives",
      Cause.DRIVER_FAILED,
      "the library is not NVIDIA's, or is damaged",
      "ls -lL {library}",
      "reinstall the NVIDIA driver, or remove that file's folder from LD_LIBRARY_PATH"),

  EMULATED_WITHOUT_DEVICE(
      answer(CudaStep.START, 100),
      Circumstances::isEmulated,
      "the emulated driver offers no device",
      Cause.NO_DEVICE,
      "EMULATED_CUDA_DEVICES is 0",
      "env | grep EMULATED_",
      "unset EMULATED_CUDA_DEVICES"),
  STUB(
      answer(CudaStep.START, 34),
      _ -> true,
      "the toolkit's stub",
      Cause.NO_DRIVER,
      "this libcuda.so.1 is the toolkit's stub, which is only for linking",
      "echo $LD_LIBRARY_PATH; ldconfig -p | grep libcuda",
      "remove the folder of stubs from LD_LIBRARY_PATH, or install a driver"),
  ALL_HIDDEN(
      answer(CudaStep.START, 100, 101),
      Circumstances::hidesAll,
      "CUDA_VISIBLE_DEVICES hides every device",
      Cause.NO_DEVICE,
      "the variable CUDA_VISIBLE_DEVICES is set and empty, or begins with -1",
      "nvidia-smi -L",
      "unset CUDA_VISIBLE_DEVICES"),
  VISIBLE_MALFORMED(
      answer(CudaStep.START, 100, 101),
      Circumstances::hasOtherForm,
      "CUDA_VISIBLE_DEVICES names no device",
      Cause.NO_DEVICE,
      "CUDA_VISIBLE_DEVICES is neither a list of numbers nor of names that begin with GPU- or MIG-",
      "nvidia-smi -L",
      "unset CUDA_VISIBLE_DEVICES, or set it to a number or a name that nvidia-smi -L lists"),
  VISIBLE_ELSEWHERE(
      answer(CudaStep.START, 100, 101),
      seen -> seen.visible().isPresent(),
      "CUDA_VISIBLE_DEVICES names devices that are not there",
      Cause.NO_DEVICE,
      "CUDA_VISIBLE_DEVICES names devices that this machine, or this container, does not have",
      "nvidia-smi -L",
      "unset CUDA_VISIBLE_DEVICES"),
  WSL_WITHOUT_GPU(
      answer(CudaStep.START, 100, 304, 500, 999),
      seen -> seen.isWsl() && !seen.files().hasDevice("dxg"),
      "WSL offers no GPU",
      Cause.NO_DEVICE,
      "this is WSL 1, or WSL 2 without GPU support: there is no /dev/dxg",
      "ls -l /dev/dxg; wsl.exe --list --verbose",
      "run `wsl --update` in Windows and set this distribution to version 2; install no Linux"
          + " driver in WSL"),
  WSL_DRIVER_OF_WINDOWS(
      answer(CudaStep.START, 100, 304, 500, 999),
      Circumstances::isWsl,
      "Windows offers WSL no NVIDIA GPU",
      Cause.NO_DEVICE,
      "Windows has no NVIDIA driver for WSL, or an old one, or a Linux driver in WSL hides it",
      "ldconfig -p | grep libcuda; /usr/lib/wsl/lib/nvidia-smi",
      "update NVIDIA's driver in Windows, run `wsl --shutdown` there, and remove any Linux driver"
          + " from WSL"),
  CONTAINER_WITHOUT_DEVICES(
      answer(CudaStep.START, 100, 304, 999),
      seen -> seen.inContainer() && seen.lacksDeviceFiles(),
      "a container without GPUs",
      Cause.NO_DEVICE,
      "the container was started without GPUs: there is no /dev/nvidiactl in it",
      "ls -l /dev/nvidia*",
      "start it with `docker run --gpus all`, with the NVIDIA Container Toolkit on the host"),
  OTHER_KERNEL_DRIVER(
      answer(CudaStep.START, 100, 304, 999),
      seen -> seen.lacksKernelModule() && seen.hasOtherDriver(),
      "nouveau holds the device",
      Cause.DRIVER_FAILED,
      "the kernel has loaded nouveau for the device, so NVIDIA's module cannot take it",
      "lsmod | grep -e nouveau -e nvidia",
      "add nouveau to the modprobe blacklist and reboot"),
  NO_KERNEL_MODULE(
      answer(CudaStep.START, 3, 100, 304, 999),
      Circumstances::lacksKernelModule,
      "NVIDIA's kernel module is not loaded",
      Cause.DRIVER_FAILED,
      "the module was not built for this kernel (after an update), is not signed (Secure Boot), or"
          + " there is no NVIDIA device",
      "lspci -d 10de:; sudo dmesg | grep -i nvrm",
      "sudo modprobe nvidia; if that fails, reinstall the NVIDIA driver for this kernel"),
  RELEASES_DIFFER(
      answer(CudaStep.START, 3, 100, 304, 803, 999),
      Circumstances::areOfDifferentReleases,
      "library and kernel module are of different releases",
      Cause.DRIVER_FAILED,
      "the driver was updated and the old kernel module is still loaded, or a container brings a"
          + " library of its own",
      "cat /proc/driver/nvidia/version; ls -lL {library}",
      "reboot; in a container remove its own libcuda.so.1"),
  NO_DEVICE_FILES(
      answer(CudaStep.START, 3, 100, 304, 999),
      Circumstances::lacksDeviceFiles,
      "the device files are missing",
      Cause.NO_DEVICE,
      "the kernel module is loaded, and nothing has made /dev/nvidiactl and /dev/nvidia0",
      "ls -l /dev/nvidia*",
      "sudo nvidia-modprobe -c 0 -u"),
  DEVICE_FILES_FORBIDDEN(
      answer(CudaStep.START, 3, 100, 101, 304, 800, 999),
      Circumstances::mayNotUseDeviceFiles,
      "this user may not use the device",
      Cause.NO_DEVICE,
      "the rights of /dev/nvidiactl or /dev/nvidia-uvm, or rules of the container or the batch"
          + " system, keep this user out",
      "ls -l /dev/nvidia*; id",
      "sudo usermod -aG video $USER and log in again; in a batch job ask for a GPU"),
  NO_UNIFIED_MEMORY(
      answer(CudaStep.START, 3, 100, 304, 999),
      Circumstances::lacksUnifiedMemory,
      "the kernel module nvidia_uvm is not loaded",
      Cause.DRIVER_FAILED,
      "CUDA needs the module nvidia_uvm and /dev/nvidia-uvm",
      "lsmod | grep nvidia_uvm; ls -l /dev/nvidia-uvm",
      "sudo modprobe nvidia_uvm && sudo nvidia-modprobe -c 0 -u"),
  DEVICE_BUSY_AT_START(
      answer(CudaStep.START, 46),
      _ -> true,
      "the device is busy or unavailable",
      Cause.NO_DEVICE,
      "another process holds the device exclusively, or its compute mode prohibits CUDA",
      "nvidia-smi --query-gpu=index,compute_mode --format=csv",
      "end that process, or sudo nvidia-smi -c DEFAULT"),
  NO_DEVICE(
      answer(CudaStep.START, 100),
      _ -> true,
      "no device",
      Cause.NO_DEVICE,
      "the machine has no NVIDIA device, or it has fallen off the bus",
      "nvidia-smi -L; lspci -d 10de:",
      "reboot if lspci lists a device and nvidia-smi does not"),
  INVALID_DEVICE_AT_START(
      answer(CudaStep.START, 101),
      _ -> true,
      "the driver does not know its own device",
      Cause.NO_DEVICE,
      "the parts of a device (MIG) were changed while this container or session was running",
      "nvidia-smi -L",
      "restart the container or the session"),
  MEMORY_FAULT(
      answer(CudaStep.START, 214).and(CudaStep.CONTEXT, 214).and(CudaStep.MODULE, 214),
      _ -> true,
      "an uncorrectable error in the device's memory",
      Cause.DRIVER_FAILED,
      "a memory cell of the device is faulty, and nothing that it computes can be relied on",
      "nvidia-smi -q -d ECC,ROW_REMAPPER,PAGE_RETIREMENT",
      "sudo nvidia-smi --gpu-reset -i {device}, or reboot; if it comes back, have the device"
          + " replaced"),
  UNSUPPORTED_AT_START(
      answer(CudaStep.START, 222),
      _ -> true,
      "code for a newer driver",
      Cause.DRIVER_TOO_OLD,
      "the driver's library was given code for a newer driver, by a tool that is loaded with it",
      "nvidia-smi; env | grep -e CUDA -e LD_PRELOAD",
      "update the NVIDIA driver, and unset LD_PRELOAD and CUDA_INJECTION64_PATH"),
  SYSTEM_CALL_FAILED(
      answer(CudaStep.START, 304).and(CudaStep.CONTEXT, 304).and(CudaStep.MODULE, 304),
      _ -> true,
      "a call of the operating system failed",
      Cause.DRIVER_FAILED,
      "a limit (ulimit -v), a security policy or a container keeps the driver from its devices",
      "ls -l /dev/nvidia*; ulimit -a; sudo dmesg | grep -i -e nvrm -e denied",
      "sudo nvidia-modprobe -c 0 -u; ulimit -v unlimited"),
  NOT_PERMITTED(
      answer(CudaStep.START, 800).and(CudaStep.CONTEXT, 800).and(CudaStep.MODULE, 800),
      _ -> true,
      "the operation is not permitted",
      Cause.DRIVER_FAILED,
      "the multi-process service (MPS) or a security policy does not let this user in",
      "ps -C nvidia-cuda-mps-control -o user,pid; ls -l /dev/nvidia*",
      "start as the user of the MPS server, or `echo quit | nvidia-cuda-mps-control`"),
  NOT_SUPPORTED(
      answer(CudaStep.START, 801).and(CudaStep.CONTEXT, 801).and(CudaStep.MODULE, 801),
      _ -> true,
      "the operation is not supported",
      Cause.DRIVER_FAILED,
      "a virtual GPU whose profile or license excludes CUDA, or a driver that does not know the"
          + " device",
      "nvidia-smi -q | grep -i -e virtual -e license",
      "choose a vGPU profile with CUDA (C series) and license it, or update the driver"),
  SYSTEM_NOT_READY(
      answer(CudaStep.START, 802).and(CudaStep.CONTEXT, 802).and(CudaStep.MODULE, 802),
      _ -> true,
      "the system is not ready",
      Cause.DRIVER_FAILED,
      "the devices are joined by NVSwitch, and the fabric manager, which sets it up, is not running"
          + " or is of another release than the driver",
      "systemctl status nvidia-fabricmanager; nvidia-smi -q | grep -A 3 Fabric",
      "sudo systemctl enable --now nvidia-fabricmanager (of the driver's release)"),
  DRIVER_MISMATCH(
      answer(CudaStep.START, 803).and(CudaStep.CONTEXT, 803),
      _ -> true,
      "library and kernel module do not fit",
      Cause.DRIVER_FAILED,
      "the driver was updated and the old kernel module is still loaded, or a container brings a"
          + " library of its own",
      "cat /proc/driver/nvidia/version; ls -lL {library}",
      "reboot; in a container remove its own libcuda.so.1"),
  COMPATIBILITY_LIBRARY(
      answer(CudaStep.START, 804).and(CudaStep.CONTEXT, 804),
      _ -> true,
      "a compatibility library that this device or kernel module does not take",
      Cause.DRIVER_FAILED,
      "libcuda.so.1 is that of a compat folder, which works only with data center devices and some"
          + " releases of the kernel module",
      "cat /proc/driver/nvidia/version; ls -lL {library}",
      "remove the compat folder from LD_LIBRARY_PATH (or from the container), or update the"
          + " driver"),
  SERVICE_FAILED(
      answer(CudaStep.START, 805, 806, 807, 808, 809, 810)
          .and(CudaStep.CONTEXT, 805, 806, 807, 808, 809, 810),
      _ -> true,
      "the multi-process service (MPS) fails",
      Cause.DRIVER_FAILED,
      "the MPS server does not run, is full, or is of another release than the driver",
      "ps -C nvidia-cuda-mps-control,nvidia-cuda-mps-server -o user,pid",
      "`echo quit | nvidia-cuda-mps-control`, or unset CUDA_MPS_PIPE_DIRECTORY"),
  UNKNOWN_AT_START(
      answer(CudaStep.START, 999),
      _ -> true,
      "an unknown error",
      Cause.DRIVER_FAILED,
      "the driver lost its state, often after the machine was suspended",
      "nvidia-smi; sudo dmesg | grep -i -e nvrm -e xid",
      "sudo rmmod nvidia_uvm && sudo modprobe nvidia_uvm, or reboot"),

  DEVICE_FULL(
      answer(CudaStep.CONTEXT, 2),
      _ -> true,
      "the device's memory is full",
      Cause.OUT_OF_MEMORY,
      "other processes use all of the device's memory, so there is none for a context",
      "nvidia-smi",
      "end one of them, or choose another device with --device"),
  PROHIBITED(
      answer(CudaStep.CONTEXT, 46, 101),
      Circumstances::isProhibited,
      "the compute mode prohibits CUDA",
      Cause.NO_DEVICE,
      "the device's compute mode is PROHIBITED",
      "nvidia-smi --query-gpu=index,compute_mode --format=csv",
      "sudo nvidia-smi -i {device} -c DEFAULT"),
  EXCLUSIVE(
      answer(CudaStep.CONTEXT, 46, 101),
      Circumstances::isExclusive,
      "another process has the device to itself",
      Cause.NO_DEVICE,
      "the device's compute mode is EXCLUSIVE_PROCESS, and another process uses it",
      "nvidia-smi --query-compute-apps=pid,name --format=csv",
      "end that process, choose another device with --device, or sudo nvidia-smi -i {device} -c"
          + " DEFAULT"),
  DEVICE_BUSY(
      answer(CudaStep.CONTEXT, 46),
      _ -> true,
      "the device is busy or unavailable",
      Cause.NO_DEVICE,
      "another process holds the device exclusively, or the device is being reset or divided (MIG)",
      "nvidia-smi --query-gpu=index,compute_mode,mig.mode.current --format=csv",
      "end that process, choose another device with --device, or sudo nvidia-smi -i {device} -c"
          + " DEFAULT"),
  INVALID_DEVICE(
      answer(CudaStep.CONTEXT, 101),
      _ -> true,
      "the device cannot be opened",
      Cause.NO_DEVICE,
      "the device is divided (MIG) and has no parts, or was taken away after the start",
      "nvidia-smi -L",
      "make a part (sudo nvidia-smi mig -cgi 0 -C), or choose another device with --device"),
  UNKNOWN_OF_CONTEXT(
      answer(CudaStep.CONTEXT, 999),
      _ -> true,
      "an unknown error",
      Cause.DRIVER_FAILED,
      "the device has failed, or the driver lost its state",
      "nvidia-smi; sudo dmesg | grep -i -e nvrm -e xid",
      "sudo nvidia-smi --gpu-reset -i {device}, or reboot"),

  NO_CODE_FOR_DEVICE(
      answer(CudaStep.MODULE, 209),
      _ -> true,
      "no code for this device",
      Cause.COMPUTE_CAPABILITY,
      "the driver does not compile the kernels' PTX (CUDA_DISABLE_PTX_JIT), or the device is too"
          + " old",
      "env | grep CUDA_",
      "unset CUDA_DISABLE_PTX_JIT and CUDA_FORCE_JIT"),
  REFUSED_PTX(
      answer(CudaStep.MODULE, 218),
      _ -> true,
      "the driver's compiler refuses the kernels",
      Cause.DRIVER_TOO_OLD,
      "the driver's compiler is older than the device needs, or its library does not fit the"
          + " driver",
      "nvidia-smi; ls -l $(dirname {library})/libnvidia-ptxjitcompiler.so*",
      "update or reinstall the NVIDIA driver; if that does not help, report the compiler's"
          + " message"),
  NO_COMPILER(
      answer(CudaStep.MODULE, 221),
      _ -> true,
      "the driver's compiler is missing",
      Cause.DRIVER_FAILED,
      "libnvidia-ptxjitcompiler.so.1, a part of the driver, is not installed or not passed into the"
          + " container",
      "ldconfig -p | grep ptxjitcompiler",
      "reinstall the NVIDIA driver; in a container set NVIDIA_DRIVER_CAPABILITIES=compute,utility"),
  OLD_COMPILER(
      answer(CudaStep.MODULE, 222),
      _ -> true,
      "the kernels' PTX is newer than the driver",
      Cause.DRIVER_TOO_OLD,
      "the driver reads no PTX of that version",
      "nvidia-smi",
      "update the NVIDIA driver to version 525 or newer"),
  DEVICE_FULL_OF_CODE(
      answer(CudaStep.MODULE, 2),
      _ -> true,
      "the device's memory is full",
      Cause.OUT_OF_MEMORY,
      "other processes use all of the device's memory, so there is none for the kernels",
      "nvidia-smi",
      "end one of them, or choose another device with --device"),

  OTHER(
      answer(CudaStep.START).and(CudaStep.CONTEXT).and(CudaStep.MODULE),
      _ -> true,
      "an error that this table does not have",
      Cause.DRIVER_FAILED,
      "cuda.h says under CUresult what the number means",
      "nvidia-smi; sudo dmesg | grep -i -e nvrm -e xid",
      "check that nvidia-smi works; after an update of the driver, reboot");

  private final CudaAnswer answer;
  private final Predicate<Circumstances> when;
  private final String title;
  private final Cause kind;
  private final String cause;
  private final String look;
  private final String mend;

  CudaTrouble(
      CudaAnswer answer,
      Predicate<Circumstances> when,
      String title,
      Cause kind,
      String cause,
      String look,
      String mend) {
    this.answer = answer;
    this.when = when;
    this.title = title;
    this.kind = kind;
    this.cause = cause;
    this.look = look;
    this.mend = mend;
  }

  /**
   * The first entry that fits.
   *
   * @param code the driver's status; 0 for steps that have none
   */
  static CudaTrouble of(CudaStep step, int code, Circumstances seen) {
    for (CudaTrouble trouble : values()) {
      if (trouble.answer.fits(step, code) && trouble.when.test(seen)) {
        return trouble;
      }
    }
    throw new IllegalArgumentException("no entry fits " + step + " " + code);
  }

  /** The name for programs, such as {@code system-not-ready}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The answers by which it is told, such as {@code cuInit 802; context 802}. */
  public String answers() {
    return answer.toString();
  }

  /** Its name. */
  public String title() {
    return title;
  }

  /** The kind of reason, for programs. */
  Cause kind() {
    return kind;
  }

  /** Its likely cause. */
  public String cause() {
    return cause;
  }

  /** A command that shows more, with placeholders. */
  public String look() {
    return look;
  }

  /** What mends it, with placeholders. */
  public String mend() {
    return mend;
  }
}
