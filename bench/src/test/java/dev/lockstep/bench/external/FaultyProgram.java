package dev.lockstep.bench.external;

import dev.lockstep.file.NpyArray;
import dev.lockstep.input.Labelled;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Speaks the protocol until it commits the fault that its first argument names. */
final class FaultyProgram extends CanonicalProgram {
  private final Fault fault;
  private boolean committing;

  /** What it does wrong. */
  enum Fault implements Labelled {
    DIES("run"),
    HANGS("run"),
    HANGS_AND_IGNORES_ITS_INPUT("open"),
    SAYS_GARBAGE("run"),
    SAYS_TOO_MUCH("run"),
    SAYS_NOTHING_ENDLESSLY("run"),
    ANSWERS_ANOTHER_REQUEST("run"),
    ANSWERS_TWICE("run"),
    BARE_NAN("run"),
    TOO_FEW_LOSSES("run"),
    NEGATIVE_TIME("run"),
    NAN_IN_A_TENSOR("parameters"),
    WRONG_SHAPE("parameters"),
    WRONG_TYPE("parameters"),
    PATH_OUTSIDE("parameters"),
    LINK_OUTSIDE("parameters"),
    MISSING_FILE("parameters"),
    NO_ARRAY("parameters"),
    OTHER_PROTOCOL("hello"),
    UNKNOWN_PRECISION("hello"),
    UNKNOWN_SUBNORMALS("hello"),
    CANONICAL_BUT_FLUSHED("hello"),
    REPORTS_AN_ERROR("run"),
    LEAVES_A_CHILD("run"),
    NO_TIME_OF_PRODUCTS("products"),
    NEGATIVE_TIME_OF_PRODUCTS("products"),
    NAN_TIME_OF_PRODUCTS("products"),
    DIES_AT_PRODUCTS("products");

    private final String request;

    Fault(String request) {
      this.request = request;
    }

    @Override
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private FaultyProgram(Fault fault) {
    this.fault = fault;
  }

  public static void main(String[] arguments) throws IOException {
    for (int line = 1; line <= 30; line++) {
      System.err.println("standard error, line " + line);
    }
    new FaultyProgram(Labelled.of(Fault.class, "fault", arguments[0])).serve();
  }

  @Override
  ObjectNode result(String request, JsonNode fields) {
    committing = request.equals(fault.request);
    ObjectNode result = super.result(request, fields);
    if (committing) {
      switch (fault) {
        case TOO_FEW_LOSSES -> result.putArray("losses");
        case NEGATIVE_TIME -> result.put("seconds", -1);
        case NO_TIME_OF_PRODUCTS -> result.remove("seconds");
        case NEGATIVE_TIME_OF_PRODUCTS -> result.put("seconds", -1);
        case NAN_TIME_OF_PRODUCTS -> result.put("seconds", "NaN");
        case OTHER_PROTOCOL -> result.put("protocol", 2);
        case UNKNOWN_PRECISION -> result.put("precision", "fp8");
        case UNKNOWN_SUBNORMALS -> result.put("subnormals", "lost");
        case CANONICAL_BUT_FLUSHED -> result.put("subnormals", "flushed");
        default -> {}
      }
    }
    return result;
  }

  @Override
  String written(int[] shape, Matrix matrix) {
    if (committing) {
      switch (fault) {
        case NAN_IN_A_TENSOR -> ((FloatMatrix) matrix).data()[3] = Float.NaN;
        case WRONG_SHAPE -> {
          return super.written(new int[] {matrix.size(), 1}, matrix);
        }
        case WRONG_TYPE -> {
          DoubleMatrix wide = matrix.widened();
          return write(new NpyArray.Doubles(shape, wide.data()));
        }
        case PATH_OUTSIDE -> {
          return "../" + folder().getFileName() + "/" + super.written(shape, matrix);
        }
        case LINK_OUTSIDE -> {
          return link(super.written(shape, matrix));
        }
        case MISSING_FILE -> {
          return "nothing.npy";
        }
        case NO_ARRAY -> {
          return text();
        }
        default -> {}
      }
    }
    return super.written(shape, matrix);
  }

  private String link(String name) {
    try {
      String link = "link-" + name;
      Files.createSymbolicLink(folder().resolve(link), folder().resolve(name));
      return link;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private String text() {
    try {
      Files.writeString(folder().resolve("text.npy"), "no array");
      return "text.npy";
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  void say(String request, ObjectNode answer) throws IOException {
    if (!committing) {
      super.say(request, answer);
      return;
    }
    switch (fault) {
      case DIES, DIES_AT_PRODUCTS -> System.exit(7);
      case HANGS, HANGS_AND_IGNORES_ITS_INPUT -> sleep();
      case SAYS_GARBAGE -> System.out.println("step 1 done \u001b[31m");
      case SAYS_TOO_MUCH -> {
        String line = "x".repeat(1 << 20);
        for (int i = 0; i < 64; i++) {
          System.out.print(line);
        }
        System.out.println();
        sleep();
      }
      case SAYS_NOTHING_ENDLESSLY -> {
        while (!System.out.checkError()) {
          System.out.println();
        }
      }
      case ANSWERS_ANOTHER_REQUEST -> System.out.println(answer.put("id", 12345));
      case ANSWERS_TWICE -> {
        System.out.println(answer);
        System.out.println(answer);
      }
      case BARE_NAN ->
          System.out.println(
              "{\"id\": "
                  + answer.get("id")
                  + ", \"result\": {\"losses\": [NaN], \"seconds\": 0}}");
      case REPORTS_AN_ERROR -> {
        answer.remove("result");
        System.out.println(answer.put("error", "CUDA out of memory"));
      }
      case LEAVES_A_CHILD -> {
        // In another session, and deaf to the end of its input.
        new ProcessBuilder("setsid", "sh", "-c", "trap '' HUP TERM; sleep 1000; sleep 1000")
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
        super.say(request, answer);
      }
      default -> super.say(request, answer);
    }
  }

  @Override
  List<String> requests() {
    return List.of("probe", "product", "products");
  }

  private static void sleep() {
    try {
      Thread.sleep(1_000_000);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
