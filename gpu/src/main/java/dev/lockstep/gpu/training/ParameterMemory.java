package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.model.Matrix;
import dev.lockstep.model.Network;
import dev.lockstep.model.Parameters;
import java.util.ArrayList;
import java.util.List;

/** Weights [in][out] and biases [out] of every layer on the device, or their gradients. */
final class ParameterMemory implements Closing.Resource {
  private final DeviceSession session;
  private final Network network;
  private final List<DeviceMemory> weights = new ArrayList<>();
  private final List<DeviceMemory> biases = new ArrayList<>();
  private final Closing owned = new Closing();

  private ParameterMemory(DeviceSession session, Network network, String prefix) {
    this.session = session;
    this.network = network;
    for (int l = 0; l < network.layers(); l++) {
      String number = String.valueOf(l + 1);
      long size = (long) network.in(l) * network.out(l);
      int out = network.out(l);
      weights.add(owned.allocate(() -> session.allocate(prefix + "W" + number, size)));
      biases.add(owned.allocate(() -> session.allocate(prefix + "b" + number, out)));
    }
  }

  /** Room for the parameters. */
  static ParameterMemory ofParameters(DeviceSession session, Network network) {
    return new ParameterMemory(session, network, "");
  }

  /** Room for their gradients. */
  static ParameterMemory ofGradients(DeviceSession session, Network network) {
    return new ParameterMemory(session, network, "the gradient of ");
  }

  /** Room for one of what an optimiser's rule keeps of them. */
  static ParameterMemory ofMoments(DeviceSession session, Network network, int number) {
    return new ParameterMemory(session, network, "moment " + number + " of ");
  }

  /** Of a layer: in x out. */
  DeviceMemory weights(int layer) {
    return weights.get(layer);
  }

  /** Of a layer: 1 x out. */
  DeviceMemory biases(int layer) {
    return biases.get(layer);
  }

  /** Overwrites all of it, rounded to binary32. */
  void upload(Parameters parameters) {
    for (int l = 0; l < network.layers(); l++) {
      session.staging.upload(parameters.weights().get(l), weights(l));
      session.staging.upload(parameters.biases().get(l), biases(l));
    }
  }

  /** A copy on the host. */
  Parameters download() {
    List<Matrix> w = new ArrayList<>();
    List<Matrix> b = new ArrayList<>();
    for (int l = 0; l < network.layers(); l++) {
      w.add(session.staging.download(weights(l), network.in(l), network.out(l)));
      b.add(session.staging.download(biases(l), 1, network.out(l)));
    }
    return new Parameters(w, b);
  }

  @Override
  public void close() {
    owned.close();
  }
}
