package dev.lockstep.bench.external;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Availability.Reason;
import dev.lockstep.backend.Availability.Unsupported;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests to a running program and its answers. An answer that breaks the protocol ends the
 * program with a {@link ProgramFault}. Not thread-safe.
 */
final class Conversation implements AutoCloseable {

  /** A strict mapper: it refuses NaN, repeated fields and anything after the object. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final int LONGEST_SENTENCE = 500;

  private final String name;
  private final Peer peer;
  private final Duration limit;
  private final Hello hello;
  private final TensorFiles tensors;
  private long id;
  private boolean broken;

  /** Sends {@code hello}, see {@link #begin}. */
  Conversation(String name, Peer peer, Duration limit, Resources resources) {
    this.name = name;
    this.peer = peer;
    this.limit = limit;
    hello =
        ask(
            "hello",
            request -> {
              request.put("protocol", Hello.PROTOCOL);
              request.put("folder", peer.folder().toString());
              request.put("threads", resources.threads());
              request.put("device", resources.device());
            },
            Hello::of);
    tensors = new TensorFiles(peer.folder(), hello.precision().elementBytes());
  }

  /**
   * Starts a program and sends {@code hello}.
   *
   * @param name the backend's name
   * @param limit the longest time for each answer
   * @throws IOException if the program cannot be started
   * @throws UnavailableException if the program cannot use the requested resources
   * @throws ProgramFault if the answer breaks the protocol or does not come in time
   */
  static Conversation begin(
      String name, ProgramProcess.CommandLine commandLine, Duration limit, Resources resources)
      throws IOException {
    ProgramProcess process = ProgramProcess.start(name, commandLine);
    try {
      return new Conversation(name, process, limit, resources);
    } catch (RuntimeException e) {
      process.close(); // after a refusal it still waits for requests
      throw e;
    }
  }

  /** The program's answer to {@code hello}. */
  Hello hello() {
    return hello;
  }

  /** The files of tensors in requests and answers. */
  TensorFiles tensors() {
    return tensors;
  }

  /** Whether the program still runs: no fault has ended it. */
  boolean intact() {
    return !broken;
  }

  /**
   * Sends a request and reads the result.
   *
   * @param fields adds the request's fields
   * @param read converts the result; may throw {@link Malformed}
   * @throws UnavailableException if the program does not support the request
   * @throws ProgramFault if the program fails or breaks the protocol
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
      throw fault("cannot take part in " + request + ": " + e.getMessage()); // such as a full disk
    }
  }

  private String exchange(String line, String request) {
    try {
      return peer.exchange(line, request, limit);
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
      throw unsupported(fields.text("unsupported", LONGEST_SENTENCE));
    }
    if (node.has("error")) {
      throw fault("failed at " + request + ": " + fields.text("error", LONGEST_SENTENCE));
    }
    return fields.object("result");
  }

  /**
   * Checks that the program supports an optional request.
   *
   * @param what the purpose of the request, for the message
   * @throws UnavailableException if the program does not list the request
   */
  void require(String request, String what) {
    if (!hello.supports(request)) {
      throw unsupported(what + " (request " + request + ")");
    }
  }

  /** The exception for a feature that the program lacks. */
  UnavailableException unsupported(String what) {
    return new UnavailableException(
        new Unsupported(new Reason(Cause.PROGRAM, name + " does not support " + what)));
  }

  /** Ends the program; returns the fault with the reason. */
  ProgramFault fault(String sentence) {
    broken = true;
    return peer.fault(sentence);
  }

  @Override
  public void close() {
    if (!broken) {
      try {
        ask("close", _ -> {}, fields -> fields);
      } finally {
        broken = true;
        peer.close();
      }
    }
  }
}
