package dev.lockstep.bench.measure;

import dev.lockstep.backend.Resources;
import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.cases.Shapes;
import dev.lockstep.bench.flags.Bounds;
import dev.lockstep.bench.flags.FlagValues;
import dev.lockstep.bench.flags.Range;
import dev.lockstep.bench.timing.ElementwiseKind;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Labelled;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Network;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.DataSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
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
      converter = Harnesses.class,
      completionCandidates = Harnesses.class,
      split = FlagValues.COMMA,
      splitSynopsisLabel = ",",
      paramLabel = "H",
      description =
          "Harnesses: "
              + HARNESSES
              + " (default: step and product, and the operations of one step; see --split).")
  @Nullable List<Harness> only;

  @Option(
      names = "--width",
      converter = FlagValues.UnitRanges.class,
      paramLabel = "N",
      description =
          "Units of a hidden layer: numbers, or ranges such as 256..8192*2 or 64..256+64 (default:"
              + " 256,1024,4096; with --quick 256,1024).")
  @Nullable Range widths;

  @Option(
      names = "--split",
      converter = FlagValues.UnitRanges.class,
      paramLabel = "N",
      description =
          "Widths whose steps are split, on the most threads: each of their operations is measured"
              + " alone, too (default: the middle one of --width; none with --only, --quick,"
              + " --versus and --versus-build).")
  @Nullable Range split;

  @Option(
      names = "--depth",
      converter = FlagValues.LayerRanges.class,
      paramLabel = "N",
      description = "Hidden layers (default: 2).")
  Range depths = new Range(List.of(2));

  @Option(
      names = "--batch",
      converter = Batches.class,
      paramLabel = "N",
      description = "Rows of a step (default: 256).")
  Range batches = new Range(List.of(256));

  @Option(
      names = "--activation",
      converter = FlagValues.Activations.class,
      completionCandidates = FlagValues.Activations.class,
      split = FlagValues.COMMA,
      splitSynopsisLabel = ",",
      paramLabel = "F",
      description = Activation.LABELS + " (default: tanh).")
  List<Activation> activations = List.of(Activation.TANH);

  @Option(
      names = "--init",
      converter = Inits.class,
      completionCandidates = Inits.class,
      split = FlagValues.COMMA,
      splitSynopsisLabel = ",",
      paramLabel = "I",
      description = "random or equal (default: random).")
  List<String> inits = List.of("random");

  @Option(
      names = "--threads",
      converter = FlagValues.ThreadRanges.class,
      paramLabel = "N",
      description =
          "Threads of CPU backends: numbers or ranges (default: 1 and all processors; with --quick"
              + " all).")
  @Nullable Range threads;

  @Option(
      names = "--shape",
      converter = ShapeLists.class,
      completionCandidates = ShapeLists.class,
      split = FlagValues.COMMA,
      splitSynopsisLabel = ",",
      paramLabel = "S",
      description =
          "Products: MxNxK, or a list by name: "
              + SHAPES
              + " (default: squares,mlp,odd; with --quick 1024x1024x1024).")
  @Nullable List<String> shapes;

  @Option(
      names = "--form",
      converter = Forms.class,
      completionCandidates = Forms.class,
      split = FlagValues.COMMA,
      splitSynopsisLabel = ",",
      paramLabel = "F",
      description = "AB, ABT or ATB (default: all).")
  List<ProductForm> forms = List.of(ProductForm.values());

  private static final class Harnesses extends FlagValues<Harness> {
    Harnesses() {
      super(HARNESSES, Harnesses::harness);
    }

    private static Harness harness(String flag, String name) {
      Harness harness = Labelled.of(Harness.class, flag, name);
      if (harness == Harness.CEILING_FMA) {
        throw new InputException(
            flag, "harness", name, "which is always measured and need not be named");
      }
      return harness;
    }
  }

  private static final class Inits extends FlagValues<String> {
    Inits() {
      super("random, equal", Inits::init);
    }

    private static String init(String flag, String name) {
      if (!Axis.INITS.contains(name)) {
        throw new InputException(flag, "initialisation", name, "expected random or equal");
      }
      return name;
    }
  }

  private static final class ShapeLists extends FlagValues<String> {
    ShapeLists() {
      super(SHAPES, ShapeLists::known);
    }

    private static String known(String flag, String name) {
      Shapes.named(flag, name);
      return name;
    }
  }

  /** As many as the timed data has rows, from which a step takes its own. */
  private static final class Batches extends FlagValues.Ranges {
    Batches() {
      super(new Bounds(1, DataSource.SyntheticTeacher.TRAIN_ROWS));
    }
  }

  private static final class Forms extends FlagValues<ProductForm> {
    Forms() {
      super("AB, ABT, ATB", Forms::form);
    }

    private static ProductForm form(String flag, String name) {
      return Stream.of(ProductForm.values())
          .filter(form -> form.name().equals(name))
          .findFirst()
          .orElseThrow(() -> new InputException(flag, "form", name, "expected AB, ABT or ATB"));
    }
  }

  /** How much is measured if flags do not say it. */
  enum Extent {
    /** All that is usual. */
    USUAL,
    /** As much, but no operations of steps, for two backends or builds side by side. */
    BESIDE,
    /** The least, for a first look. */
    QUICK
  }

  /** Returns the selection that the flags ask for. */
  Selection selection(Extent extent) {
    boolean quick = extent == Extent.QUICK;
    List<Harness> harnesses =
        only == null ? List.of(Harness.STEP, Harness.PRODUCT) : only.stream().distinct().toList();
    int processors = Resources.ofThisMachine().threads();
    Range usualWidths = new Range(quick ? List.of(256, 1024) : List.of(256, 1024, 4096));
    Range usualThreads =
        new Range(quick || processors == 1 ? List.of(processors) : List.of(1, processors));
    if (harnesses.stream().anyMatch(harness -> harness.axes().contains(Axis.WIDTH))) {
      requireLayers(widths == null ? usualWidths : widths);
    }
    Map<String, List<String>> values = new LinkedHashMap<>();
    values.put(Axis.WIDTH, texts(widths == null ? usualWidths : widths));
    values.put(Axis.DEPTH, texts(depths));
    values.put(Axis.BATCH, texts(batches));
    values.put(Axis.THREADS, texts(threads == null ? usualThreads : threads));
    values.put(Axis.ACTIVATION, unique(activations, Activation::label));
    values.put(Axis.INIT, unique(inits, init -> init));
    values.put(Axis.FORM, unique(forms, ProductForm::name));
    List<String> asked =
        shapes == null
            ? quick ? List.of("1024x1024x1024") : List.of("squares", "mlp", "odd")
            : shapes;
    values.put(
        Axis.SHAPE,
        asked.stream().flatMap(name -> Shapes.named("--shape", name)).distinct().toList());
    values.put(
        Axis.OPERATION, Stream.of(ElementwiseKind.values()).map(ElementwiseKind::label).toList());
    values.put(Axis.CACHE, List.of("warm", "cold"));
    values.put(Axis.SUBMISSION, List.of("graph", "eager"));
    values.put(Axis.MEMORY, Axis.MEMORIES);
    values.put(Axis.DIRECTION, Axis.DIRECTIONS);
    values.put(Axis.SIZE, List.of("64", "4096", "262144"));
    values.put(Axis.FOOTPRINT, List.of("2097152"));
    return new Selection(
        harnesses, values, split(harnesses, values.get(Axis.WIDTH), extent == Extent.USUAL));
  }

  private List<String> split(List<Harness> harnesses, List<String> widths, boolean usual) {
    if (split == null) {
      return only == null && usual ? List.of(widths.get(widths.size() / 2)) : List.of();
    }
    List<String> asked = texts(split);
    if (!harnesses.contains(Harness.STEP)) {
      throw new InputException(
          "--split", "widths", String.join(",", asked), "but --only leaves steps out");
    }
    for (String width : asked) {
      if (!widths.contains(width)) {
        throw new InputException("--split", "width", width, "expected one of --width");
      }
    }
    return asked;
  }

  /** Refuses widths of which a layer has more weights than one array can hold. */
  private void requireLayers(Range asked) {
    int deepest = Collections.max(depths.values());
    for (int width : asked.values()) {
      List<Integer> hidden = Collections.nCopies(Math.min(2, deepest), width);
      var _ = new Network(Harness.INPUTS, hidden, Activation.TANH, Harness.CLASSES);
    }
  }

  private static List<String> texts(Range range) {
    return range.values().stream().map(String::valueOf).toList();
  }

  private static <T> List<String> unique(List<T> values, Function<T, String> label) {
    return values.stream().map(label).distinct().toList();
  }
}
