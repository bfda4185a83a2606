package dev.lockstep.gpu.training;

import dev.lockstep.backend.Work.Submission;
import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.Graph;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.model.Parameters;
import dev.lockstep.program.Fusion;
import dev.lockstep.program.Lowered;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Storage.InPlace;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.Workload;
import java.util.List;
import java.util.Set;

/** The step program of a workload on a device: its tensors, its inputs and its works. */
final class ResidentProgram implements Closing.Resource {
  final StepProgram program;
  final DeviceSession session;
  final TensorMemory tensors;
  final TrainingInputs inputs;
  private final Workload workload;
  private final Fusion.Rules rules;
  private final Lowered plain;
  private final DeviceProducts products;
  private final Closing owned = new Closing();

  private ResidentProgram(Products by, int device, Workload workload, Fusion.Rules rules) {
    this.workload = workload;
    this.rules = rules;
    program = workload.program();
    plain = Lowered.of(program, Set.of(), rules, InPlace.ALL);
    DeviceNeed need = DeviceNeed.ofTrainer(by, workload, program, plain);
    session = owned.allocate(() -> DeviceSession.open(by, device, need));
    tensors = owned.own(new TensorMemory(session));
    inputs = owned.allocate(() -> TrainingInputs.open(session, program, workload));
    tensors.place(program.rowLoss(), inputs.losses.memory());
    products = owned.allocate(() -> session.products(plain.products(), plain.largestUsedUp()));
  }

  /**
   * Opens the device and uploads the rows. Everything else must be {@link #load loaded} before the
   * works run.
   *
   * @param rules which operations are fused
   */
  static ResidentProgram open(Products by, int device, Workload workload, Fusion.Rules rules) {
    return new ResidentProgram(by, device, workload, rules);
  }

  /** Returns a step that keeps only the state for the next step. */
  Work plain(Submission submission) {
    Work works = planned(plain);
    return switch (submission) {
      case EAGER -> works;
      case GRAPH -> recorded(works);
    };
  }

  /**
   * Returns a step with the same bits after which the tensors in {@code kept} can be read.
   *
   * @throws dev.lockstep.backend.UnavailableException if too little memory is free for them
   */
  Work keeping(Set<Tensor> kept) {
    Lowered list = Lowered.of(program, kept, rules, InPlace.ALL);
    new DeviceNeed(tensors.missing(list)).require(session.context, session.device);
    return planned(list);
  }

  /** Plans a step as a sequence of launches. */
  private Work planned(Lowered list) {
    List<Work> works = Planner.plan(list, session.kernels, products, inputs, tensors);
    Work advance = session.kernels.advance(inputs.state.memory());
    return into -> {
      works.forEach(work -> work.into(into));
      advance.into(into);
    };
  }

  private Work recorded(Work works) {
    products.warmUp(session.stream);
    session.stream.synchronize();
    Graph graph = owned.own(session.stream.capture(() -> works.into(session.stream)));
    return graph::launch;
  }

  /** Overwrites everything that steps change. If there are no moments, they are set to +0. */
  void load(Parameters parameters, List<Parameters> moments, long step) {
    program.spread(parameters, moments, (tensor, matrix) -> tensors.upload(matrix, tensor));
    inputs.state.write(step);
  }

  /** Returns a copy of the optimiser's moments. */
  List<Parameters> moments() {
    return program.moments().stream()
        .map(moment -> Parameters.of(moment, tensors::download))
        .toList();
  }

  @Override
  public void close() {
    owned.close();
  }
}
