package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.model.Matrix;
import dev.lockstep.model.Network;
import java.util.ArrayList;
import java.util.List;

/** A tensor of each layer on the device, rows x out: what the rows of a batch become there. */
final class LayerMemory implements Closing.Resource {
  private final DeviceSession session;
  private final Network network;
  private final int rows;
  private final List<DeviceMemory> tensors = new ArrayList<>();
  private final Closing owned = new Closing();

  private LayerMemory(DeviceSession session, Network network, int rows) {
    this.session = session;
    this.network = network;
    this.rows = rows;
  }

  private static LayerMemory allocate(
      DeviceSession session, Network network, int rows, String name) {
    LayerMemory memory = new LayerMemory(session, network, rows);
    for (int l = 0; l < network.layers(); l++) {
      memory.add(name, l);
    }
    return memory;
  }

  private void add(String name, int l) {
    String tensor = name + " of layer " + (l + 1);
    long size = (long) rows * network.out(l);
    tensors.add(owned.allocate(() -> session.allocate(tensor, size)));
  }

  /** What comes out of each layer's activation; of the last, logits. */
  static LayerMemory ofActivations(DeviceSession session, Network network, int rows) {
    return allocate(session, network, rows, "activations");
  }

  /** The gradient of the loss by each layer's weighted input. */
  static LayerMemory ofDeltas(DeviceSession session, Network network, int rows) {
    return allocate(session, network, rows, "deltas");
  }

  /**
   * What derivatives are taken from: the inputs of activations that keep them, else the activations
   * themselves, which stay their owner's.
   */
  static LayerMemory ofKept(
      DeviceSession session, Network network, int rows, LayerMemory activations) {
    LayerMemory memory = new LayerMemory(session, network, rows);
    for (int l = 0; l < network.layers(); l++) {
      if (network.activation(l).keepsInput()) {
        memory.add("inputs of activations", l);
      } else {
        memory.tensors.add(activations.layer(l));
      }
    }
    return memory;
  }

  /** Of one layer, from 0. */
  DeviceMemory layer(int layer) {
    return tensors.get(layer);
  }

  /** Of the output layer. */
  DeviceMemory last() {
    return tensors.getLast();
  }

  /** A copy of each on the host. */
  List<Matrix> download() {
    List<Matrix> matrices = new ArrayList<>();
    for (int l = 0; l < network.layers(); l++) {
      matrices.add(session.staging.download(tensors.get(l), rows, network.out(l)));
    }
    return matrices;
  }

  @Override
  public void close() {
    owned.close();
  }
}
