package dev.lockstep.bench.external;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Availability.Reason;
import dev.lockstep.backend.Availability.Unsupported;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Printable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests to a running program and its answers. An answer that breaks the protocol is a {@link
 * ProgramFault}, after which the program has been ended. For one thread.
 */
final class Conversation implements AutoCloseable {

  /** Strict: NaN is no number in JSON, and nothing follows the object. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final int LONGEST_SENTENCE = 500;

  private final String name;
  private final ProgramProcess process;
  private final Duration limit;
  private final Hello hello;
  private final TensorFiles tensors;
  private long id;
  private boolean broken;

  private Conversation(String name, ProgramProcess process, Duration limit, Resources resources) {
    this.name = name;
    this.process = process;
    this.limit = limit;
    hello =
        ask(
            "hello",
            request -> {
              request.put("protocol", Hello.PROTOCOL);
              request.put("folder", process.folder().toString());
              request.put("threads", resources.threads());
              request.put("device", resources.device());
            },
            Hello::of);
    tensors = new TensorFiles(process.folder(), hello.precision().elementBytes());
  }

  /**
   * Starts a program and says hello.
   *
   * @param name of the backend
   * @param limit for each answer
   * @throws IOException if it cannot be started
   * @throws UnavailableException if it cannot do what its flags ask for
   * @throws ProgramFault if it does not answer as it should
   */
  static Conversation begin(
      String name, ProgramProcess.CommandLine commandLine, Duration limit, Resources resources)
      throws IOException {
    ProgramProcess process = ProgramProcess.start(name, commandLine);
    try {
      return new Conversation(name, process, limit, resources);
    } catch (RuntimeException e) {
      process.close(); // it may have refused, and wait for more
      throw e;
    }
  }

  /** Who answers. */
  Hello hello() {
    return hello;
  }

  /** The tensors that requests and answers name. */
  TensorFiles tensors() {
    return tensors;
  }

  /** Whether it can go on: no fault has ended it. */
  boolean intact() {
    return !broken;
  }

  /**
   * Asks something.
   *
   * @param fields adds those of the request
   * @param read what the result is; may throw {@link Malformed}
   * @throws UnavailableException if the program does not support it
   * @throws ProgramFault if it failed
   */
  <T> T ask(String request, Consumer<ObjectNode> fields, Function<Fields, T> read) {
    ObjectNode line = MAPPER.createObjectNode();
    line.put("id", id);
    line.put("request", request);
    try {
      fields.accept(line);
      String answer = exchange(MAPPER.writeValueAsString(line), request);
      T result = read.apply(result(request, answer));
      id++;
      return result;
    } catch (Malformed e) {
      throw fault("answered " + request + " wrongly: " + e.getMessage());
    } catch (InputException e) {
      throw fault("cannot take part in " + request + ": " + e.getMessage()); // a full disk, say
    }
  }

  private String exchange(String line, String request) {
    try {
      return process.exchange(line, request, limit);
    } catch (ProgramFault e) {
      broken = true;
      throw e;
    } finally {
      if (tensors != null) {
        tensors.removeWritten();
      }
    }
  }

  private Fields result(String request, String answer) {
    JsonNode node;
    try {
      node = MAPPER.readTree(answer);
    } catch (JacksonException e) {
      throw new Malformed(
          "the line",
          answer,
          "expected JSON ("
              + String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("")
              + ")");
    }
    if (!node.isObject()) {
      throw new Malformed("the line", answer, "expected a JSON object");
    }
    Fields fields = new Fields(node);
    if (fields.integer("id", 0, Long.MAX_VALUE) != id) {
      throw new Malformed("id", node.path("id"), "expected " + id);
    }
    if (node.has("unsupported")) {
      id++;
      throw unsupported(sentence(fields.text("unsupported")));
    }
    if (node.has("error")) {
      throw fault("failed at " + request + ": " + sentence(fields.text("error")));
    }
    return fields.object("result");
  }

  /**
   * Checks that the program answers an optional request.
   *
   * @param what it is for
   * @throws UnavailableException if the program does not list it
   */
  void require(String request, String what) {
    if (!hello.supports(request)) {
      throw unsupported(what + " (request " + request + ")");
    }
  }

  /** What the program does not do, by name. */
  UnavailableException unsupported(String what) {
    return new UnavailableException(
        new Unsupported(new Reason(Cause.PROGRAM, name + " does not support " + what)));
  }

  /** Ends the program and says why. */
  ProgramFault fault(String sentence) {
    broken = true;
    return process.fault(sentence);
  }

  private static String sentence(String text) {
    String printable = Printable.of(text);
    return printable.substring(0, Math.min(LONGEST_SENTENCE, printable.length()));
  }

  @Override
  public void close() {
    if (!broken) {
      try {
        ask("close", _ -> {}, fields -> fields);
      } finally {
        broken = true;
        process.close();
      }
    }
  }

  /** The texts of a list that has to have so many. */
  static List<String> exactly(Fields fields, String field, int count) {
    List<String> texts = fields.texts(field, count);
    if (texts.size() != count) {
      throw new Malformed(field, "a list of " + texts.size(), "expected " + count);
    }
    return texts;
  }
}
