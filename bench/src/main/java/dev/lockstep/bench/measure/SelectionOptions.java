package dev.lockstep.bench.measure;

import dev.lockstep.backend.Resources;
import dev.lockstep.bench.Range;
import dev.lockstep.bench.Words;
import dev.lockstep.bench.timing.ElementwiseKind;
import dev.lockstep.model.Activation;
import dev.lockstep.model.InputException;
import dev.lockstep.model.Labelled;
import dev.lockstep.program.ProductForm;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that choose harnesses and values of axes. */
final class SelectionOptions {

  private static final String HARNESSES =
      "step, product, elementwise, submit, transfer, first-call, epoch-cold, epoch-warm,"
          + " ceiling-copy, ceiling-device-copy";
  private static final String SHAPES = "squares, mlp, odd, deepbench, benchdnn";

  @Option(
      names = "--only",
      completionCandidates = HarnessWords.class,
      split = ",",
      paramLabel = "H",
      description =
          "Harnesses: "
              + HARNESSES
              + " (default: step, product; with a GPU transfer, submit and first-call too).")
  @Nullable List<String> only;

  @Option(
      names = "--width",
      paramLabel = "N",
      description =
          "Units of a hidden layer: numbers, or ranges such as 256..8192*2 or 64..256+64 (default:"
              + " 256,1024,4096; with --quick 256,1024).")
  @Nullable String widths;

  @Option(names = "--depth", paramLabel = "N", description = "Hidden layers (default: 2).")
  String depths = "2";

  @Option(names = "--batch", paramLabel = "N", description = "Rows of a step (default: 256).")
  String batches = "256";

  @Option(
      names = "--activation",
      completionCandidates = Words.Activations.class,
      split = ",",
      paramLabel = "F",
      description = Activation.LABELS + " (default: tanh).")
  List<String> activations = List.of("tanh");

  @Option(
      names = "--init",
      completionCandidates = InitWords.class,
      split = ",",
      paramLabel = "I",
      description = "random or equal (default: random).")
  List<String> inits = List.of("random");

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads of CPU backends: numbers or ranges (default: 1 and all processors; with --quick"
              + " all).")
  @Nullable String threads;

  @Option(
      names = "--shape",
      completionCandidates = ShapeWords.class,
      split = ",",
      paramLabel = "S",
      description =
          "Products: MxNxK, or a list by name: "
              + SHAPES
              + " (default: squares,mlp,odd; with --quick 1024x1024x1024).")
  @Nullable List<String> shapes;

  @Option(
      names = "--form",
      completionCandidates = FormWords.class,
      split = ",",
      paramLabel = "F",
      description = "AB, ABT or ATB (default: all).")
  List<String> forms = Arrays.stream(ProductForm.values()).map(Enum::name).toList();

  private static final class HarnessWords extends Words {
    HarnessWords() {
      super(HARNESSES);
    }
  }

  private static final class InitWords extends Words {
    InitWords() {
      super("random, equal");
    }
  }

  private static final class ShapeWords extends Words {
    ShapeWords() {
      super(SHAPES);
    }
  }

  private static final class FormWords extends Words {
    FormWords() {
      super("AB, ABT, ATB");
    }
  }

  /** What was chosen. */
  Selection selection(boolean quick) {
    List<Harness> harnesses =
        only == null
            ? List.of(Harness.STEP, Harness.PRODUCT)
            : unique(only).stream().map(SelectionOptions::harness).toList();
    int processors = Resources.ofThisMachine().threads();
    String usualThreads = quick || processors == 1 ? "" + processors : "1," + processors;
    Map<String, List<String>> values = new LinkedHashMap<>();
    values.put(Axis.WIDTH, numbers("--width", widths, quick ? "256,1024" : "256,1024,4096"));
    values.put(Axis.DEPTH, numbers("--depth", depths, ""));
    values.put(Axis.BATCH, numbers("--batch", batches, ""));
    values.put(Axis.THREADS, numbers("--threads", threads, usualThreads));
    activations.forEach(name -> Labelled.of(Activation.class, "--activation", name));
    values.put(Axis.ACTIVATION, unique(activations));
    inits.forEach(SelectionOptions::requireInit);
    values.put(Axis.INIT, unique(inits));
    forms.forEach(SelectionOptions::requireForm);
    values.put(Axis.FORM, unique(forms));
    List<String> asked =
        shapes == null
            ? quick ? List.of("1024x1024x1024") : List.of("squares", "mlp", "odd")
            : shapes;
    values.put(
        Axis.SHAPE, unique(asked.stream().flatMap(name -> Shapes.named("--shape", name)).toList()));
    values.put(
        Axis.OPERATION, Stream.of(ElementwiseKind.values()).map(ElementwiseKind::label).toList());
    values.put(Axis.CACHE, List.of("warm", "cold"));
    values.put(Axis.SUBMISSION, List.of("graph", "eager"));
    values.put(Axis.MEMORY, List.of("pinned", "pageable"));
    values.put(Axis.DIRECTION, List.of("to-device", "to-host"));
    values.put(Axis.SIZE, List.of("64", "4096", "262144"));
    values.put(Axis.FOOTPRINT, List.of("2097152"));
    return new Selection(harnesses, values);
  }

  private static Harness harness(String name) {
    Harness harness = Labelled.of(Harness.class, "--only", name);
    if (harness == Harness.CEILING_FMA) {
      throw new InputException(
          "--only", "harness", name, "which is always measured and need not be named");
    }
    return harness;
  }

  private static List<String> numbers(String flag, @Nullable String given, String usual) {
    return Range.parse(flag, given == null ? usual : given).stream().map(String::valueOf).toList();
  }

  private static void requireInit(String name) {
    if (!name.equals("random") && !name.equals("equal")) {
      throw new InputException("--init", "initialisation", name, "expected random or equal");
    }
  }

  private static void requireForm(String name) {
    if (Stream.of(ProductForm.values()).noneMatch(form -> form.name().equals(name))) {
      throw new InputException("--form", "form", name, "expected AB, ABT or ATB");
    }
  }

  private static List<String> unique(List<String> values) {
    return List.copyOf(new LinkedHashSet<>(values));
  }
}
