package dev.lockstep.gpu.kernel;

import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerCompile;
import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerCreate;
import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerDestroy;
import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerGetCompiledProgram;
import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerGetCompiledProgramSize;
import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerGetErrorLog;
import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerGetErrorLogSize;
import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerGetInfoLog;
import static jcuda.nvptxcompiler.JNvPTXCompiler.nvPTXCompilerGetInfoLogSize;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;

/**
 * NVIDIA's compiler of PTX, which needs no device. It comes with JCuda's natives, inside the
 * library itself, and is of CUDA 12.
 */
final class PtxCompiler {

  private static final Pattern REPORT =
      Pattern.compile(
          "Compiling entry function '(\\w+)'.*?"
              + "(\\d+) bytes spill stores, (\\d+) bytes spill loads.*?"
              + "Used (\\d+) registers([^\\n]*)",
          Pattern.DOTALL);
  private static final Pattern SHARED = Pattern.compile("(\\d+) bytes smem");

  /**
   * What a kernel takes of a multiprocessor.
   *
   * @param registers of a thread
   * @param spilled bytes of a thread that registers had no room for, stores and loads
   * @param shared bytes of static shared memory of a block
   */
  record Usage(int registers, int spilled, int shared) {}

  /** What each kernel takes, by name. */
  record Report(Map<String, Usage> usage) {

    Set<String> kernels() {
      return usage.keySet();
    }

    Usage of(String kernel) {
      Usage found = usage.get(kernel);
      if (found == null) {
        throw new AssertionError("the compiler does not report on " + kernel);
      }
      return found;
    }
  }

  private PtxCompiler() {}

  /**
   * Makes JCuda load its library from this folder: it would take a file of that name, whole or not,
   * that somebody left in the usual one. Before anything else here.
   */
  static void loadFrom(Path folder) {
    String usual = System.getProperty("java.io.tmpdir");
    System.setProperty("java.io.tmpdir", folder.toString());
    try {
      Class.forName("jcuda.nvptxcompiler.JNvPTXCompiler");
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    } finally {
      System.setProperty("java.io.tmpdir", usual);
    }
  }

  /** What is made of a compilation, while its handle is open. */
  private interface Result<T> {
    T of(nvPTXCompilerHandle compiler);
  }

  /**
   * Compiles for one architecture.
   *
   * @throws AssertionError if it does not compile, with what the compiler says
   */
  static Report compile(String ptx, String architecture) {
    return compile(
        ptx,
        architecture,
        compiler -> {
          long[] size = new long[1];
          check(nvPTXCompilerGetInfoLogSize(compiler, size), "");
          byte[] report = new byte[Math.toIntExact(size[0]) + 1];
          check(nvPTXCompilerGetInfoLog(compiler, report), "");
          return report(text(report));
        });
  }

  /**
   * The ELF file that a device of one architecture loads.
   *
   * @throws AssertionError if it does not compile, with what the compiler says
   */
  static byte[] program(String ptx, String architecture) {
    return compile(
        ptx,
        architecture,
        compiler -> {
          long[] size = new long[1];
          check(nvPTXCompilerGetCompiledProgramSize(compiler, size), "");
          byte[] program = new byte[Math.toIntExact(size[0])];
          check(nvPTXCompilerGetCompiledProgram(compiler, program), "");
          return program;
        });
  }

  private static <T> T compile(String ptx, String architecture, Result<T> result) {
    byte[] text = ptx.getBytes(StandardCharsets.US_ASCII);
    nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
    check(nvPTXCompilerCreate(compiler, text.length, Arrays.copyOf(text, text.length + 1)), "");
    try {
      String[] options = {"--gpu-name=" + architecture, "--verbose"};
      int status = nvPTXCompilerCompile(compiler, options.length, options);
      long[] size = new long[1];
      check(nvPTXCompilerGetErrorLogSize(compiler, size), "");
      byte[] errors = new byte[Math.toIntExact(size[0]) + 1];
      check(nvPTXCompilerGetErrorLog(compiler, errors), "");
      check(status, text(errors));
      return result.of(compiler);
    } finally {
      check(nvPTXCompilerDestroy(compiler), "");
    }
  }

  private static Report report(String report) {
    Map<String, Usage> usage = new TreeMap<>();
    Matcher kernel = REPORT.matcher(report);
    while (kernel.find()) {
      Matcher shared = SHARED.matcher(kernel.group(5));
      usage.put(
          kernel.group(1),
          new Usage(
              Integer.parseInt(kernel.group(4)),
              Integer.parseInt(kernel.group(2)) + Integer.parseInt(kernel.group(3)),
              shared.find() ? Integer.parseInt(shared.group(1)) : 0));
    }
    return new Report(usage);
  }

  private static String text(byte[] log) {
    return new String(log, StandardCharsets.US_ASCII).replace("\0", "").strip();
  }

  private static void check(int status, String message) {
    if (status != 0) {
      throw new AssertionError("the PTX compiler answers with status " + status + ": " + message);
    }
  }
}
