package dev.lockstep.gpu.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.StackInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.Test;

/**
 * Every status that CUDA returns goes to {@link Status}, which throws: in the byte code of this
 * room, what a call of JCuda that returns an int leaves behind is handed on, kept, or returned,
 * never dropped; and what is kept is looked at.
 */
final class StatusesAreCheckedTest {

  @Test
  void noCallOfJcudaDropsItsStatus() throws Exception {
    List<String> calls = new ArrayList<>();
    List<String> dropped = new ArrayList<>();
    for (ClassModel model : classesBeside(Status.class)) {
      for (MethodModel method : model.methods()) {
        method.code().ifPresent(code -> look(model, method, code, calls, dropped));
      }
    }
    assertThat(calls).as("calls of JCuda that return a status").hasSizeGreaterThan(30);
    assertThat(dropped).isEmpty();
  }

  /** The look sees a status that is dropped, and one that is kept and never read. */
  @Test
  void aDroppedStatusIsSeen() throws Exception {
    List<String> dropped = new ArrayList<>();
    for (ClassModel model : classesBeside(StatusesAreCheckedTest.class)) {
      if (model.thisClass().asInternalName().endsWith("Careless")) {
        for (MethodModel method : model.methods()) {
          method.code().ifPresent(code -> look(model, method, code, new ArrayList<>(), dropped));
        }
      }
    }
    assertThat(dropped).hasSize(2).allMatch(text -> text.contains("cuInit"));
  }

  /** What must not be done; never called. */
  static final class Careless {
    private Careless() {}

    @SuppressWarnings("CheckReturnValue")
    static void drops() {
      JCudaDriver.cuInit(0);
    }

    static void keeps() {
      int unused = JCudaDriver.cuInit(0);
    }
  }

  private static void look(
      ClassModel model,
      MethodModel method,
      CodeModel code,
      List<String> calls,
      List<String> dropped) {
    List<Instruction> instructions = new ArrayList<>();
    for (CodeElement element : code) {
      if (element instanceof Instruction instruction) {
        instructions.add(instruction);
      }
    }
    for (int i = 0; i < instructions.size(); i++) {
      if (instructions.get(i) instanceof InvokeInstruction call
          && call.owner().asInternalName().startsWith("jcuda/")
          && call.typeSymbol().returnType().descriptorString().equals("I")) {
        String where =
            String.format(
                Locale.ROOT,
                "%s.%s: %s",
                model.thisClass().asInternalName(),
                method.methodName(),
                call.name().stringValue());
        calls.add(where);
        if (isDropped(instructions, i + 1)) {
          dropped.add(where);
        }
      }
    }
  }

  private static boolean isDropped(List<Instruction> instructions, int next) {
    return switch (instructions.get(next)) {
      case StackInstruction stack -> stack.opcode() == Opcode.POP;
      case StoreInstruction store ->
          instructions.stream()
              .noneMatch(
                  later -> later instanceof LoadInstruction load && load.slot() == store.slot());
      default -> false;
    };
  }

  private static List<ClassModel> classesBeside(Class<?> member)
      throws IOException, URISyntaxException {
    Path classes =
        Path.of(
            Optional.ofNullable(member.getResource(member.getSimpleName() + ".class"))
                .orElseThrow()
                .toURI());
    try (Stream<Path> files = Files.list(classes.getParent())) {
      return files
          .filter(file -> file.toString().endsWith(".class"))
          .map(StatusesAreCheckedTest::parse)
          .toList();
    }
  }

  private static ClassModel parse(Path file) {
    try {
      return ClassFile.of().parse(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
