package dev.lockstep.bench.external;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Subnormals;
import dev.lockstep.backend.Timed;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.backend.Work;
import dev.lockstep.model.Network;
import dev.lockstep.scenario.MemoryNeed;
import dev.lockstep.scenario.Workload;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * An external program as a backend.
 *
 * <p>Every open trainer has a process of its own. Since loading a large library takes seconds, a
 * process whose trainer is closed is reused by the next one.
 */
public final class ProgramBackend implements Backend {
  private final String name;
  private final Launch launch;
  private final Duration limit;
  private final Map<Resources, Deque<Conversation>> idle = new HashMap<>();
  private final Map<Resources, Availability> known = new HashMap<>();
  private Precision precision = Precision.FP32;
  private Subnormals subnormals = Subnormals.KEPT;

  /**
   * @param limit the longest time for each answer
   */
  ProgramBackend(String name, Launch launch, Duration limit) {
    this.name = name;
    this.launch = launch;
    this.limit = limit;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Placement placement() {
    return Placement.PROCESS;
  }

  @Override
  public Attendance attendance() {
    return launch.attendance();
  }

  /** The kind by the precision that the program claims; fp32 is assumed before it has answered. */
  @Override
  public synchronized Kind kind() {
    greet();
    return precision.kind();
  }

  /** Programs emulate canonical arithmetic, so that exact ones are slow references. */
  @Override
  public Speed speed() {
    return kind() == Kind.EXACT ? Speed.REFERENCE : Speed.FULL;
  }

  @Override
  public synchronized OperandRounding operandRounding() {
    greet();
    return precision.rounding();
  }

  @Override
  public synchronized Subnormals subnormals() {
    greet();
    return subnormals;
  }

  @Override
  public synchronized int elementBytes() {
    greet();
    return precision.elementBytes();
  }

  /** The heap for parameters only: all other tensors lie in the program. */
  @Override
  public MemoryNeed trainerHeap(Network network, int batch, int evaluatedRows) {
    return MemoryNeed.ofParameters(network, elementBytes());
  }

  /** The SHA-256 of the command line and of the files that it names; a resumed run compares it. */
  public String digest() {
    return launch.digest();
  }

  /**
   * The facts that results depend on: name, versions, settings and digest. Starts the program if it
   * is not running.
   */
  public synchronized String description(Resources resources) {
    String who;
    try {
      Conversation greeted = take(resources);
      giveBack(resources, greeted);
      who = greeted.hello().withoutThreads() + environment(greeted.hello());
    } catch (UnavailableException | ProgramFault e) {
      who = "not running";
    }
    return who + "; SHA-256 " + digest();
  }

  private static String environment(Hello hello) {
    return hello.environment().entrySet().stream()
        .map(entry -> "; " + entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining());
  }

  /** Asks a given program for its precision once; shipped adapters are not started for that. */
  private void greet() {
    if (known.isEmpty() && launch.attendance() == Attendance.ALWAYS) {
      availability(new Resources(1));
    }
  }

  @Override
  public synchronized Availability availability(Resources resources) {
    return known.computeIfAbsent(resources, this::look);
  }

  private Availability look(Resources resources) {
    Availability startable = launch.availability();
    if (!(startable instanceof Availability.Available)
        || launch.attendance() == Attendance.ON_REQUEST) {
      return startable;
    }
    return asked(resources, _ -> {});
  }

  /** Whether the program can time single products. Starts it if it is not running. */
  public synchronized Availability multiplies(Resources resources) {
    return asked(resources, ProgramProduct::requireOf);
  }

  private Availability asked(Resources resources, Consumer<Conversation> requirement) {
    try {
      Conversation greeted = take(resources);
      giveBack(resources, greeted);
      requirement.accept(greeted);
      return new Availability.Available(greeted.hello().toString());
    } catch (UnavailableException e) {
      return e.availability();
    } catch (ProgramFault e) {
      return new Availability.Unavailable(
          new Availability.Reason(
              Cause.PROGRAM,
              e.getMessage() + (e.evidence().isEmpty() ? "" : " (" + e.evidence().getLast() + ")")),
          launch.remedy());
    }
  }

  private Conversation begin(Resources resources) {
    try {
      Conversation begun = Conversation.begin(name, launch, limit, resources);
      precision = begun.hello().precision();
      subnormals = begun.hello().subnormals();
      return begun;
    } catch (IOException e) {
      throw new UnavailableException(
          Cause.PROGRAM, name + " cannot be started (" + e.getMessage() + ")", launch.remedy());
    }
  }

  private Deque<Conversation> idle(Resources resources) {
    return idle.computeIfAbsent(resources, _ -> new ArrayDeque<>());
  }

  /** Hands out a process for exclusive use; starts one if none is idle. */
  synchronized Conversation take(Resources resources) {
    Deque<Conversation> waiting = idle(resources);
    return waiting.isEmpty() ? begin(resources) : waiting.pop();
  }

  /** Takes back a process from {@link #take}, unless it has failed and ended. */
  synchronized void giveBack(Resources resources, Conversation conversation) {
    if (conversation.intact()) {
      idle(resources).push(conversation);
    }
  }

  /** Ends all idle processes. */
  synchronized void close() {
    for (Deque<Conversation> waiting : idle.values()) {
      waiting.forEach(Conversation::close);
      waiting.clear();
    }
  }

  @Override
  public ProgramTrainer open(Workload workload, Resources resources) {
    Conversation conversation = take(resources);
    try {
      return new ProgramTrainer(this, conversation, workload, resources);
    } catch (RuntimeException e) {
      giveBack(resources, conversation);
      throw e;
    }
  }

  /** Some programs cannot after all, as {@link #multiplies} says. */
  @Override
  public boolean times(Class<? extends Work.OnTensors> work) {
    return work == Work.Product.class;
  }

  @Override
  public Timed.Steps timed(Work.Step work, Resources resources) {
    ProgramTrainer trainer = open(work.workload(), resources);
    return Timed.Steps.of(
        trainer,
        steps -> {
          var _ = trainer.run(steps);
          return trainer.times();
        });
  }

  @Override
  public Timed.Tensors timed(Work.OnTensors work, Resources resources) {
    if (!(work instanceof Work.Product product)) {
      return Backend.super.timed(work, resources);
    }
    Conversation conversation = take(resources);
    ProgramOperations operations = new ProgramOperations(this, conversation, resources);
    try {
      return new ProgramProduct(operations, conversation, product);
    } catch (RuntimeException e) {
      operations.close();
      throw e;
    }
  }

  @Override
  public Operations operations(Resources resources) {
    return new ProgramOperations(this, take(resources), resources);
  }
}
