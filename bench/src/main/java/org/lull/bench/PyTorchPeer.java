// SPDX-License-Identifier: Apache-2.0
package org.lull.bench;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import org.lull.network.NetworkSpec;
import org.lull.rnn.Cell;

/**
 * The same network in PyTorch at its best: its own LSTM (fused) or GRU over the whole sequence, mean-pooled outputs, a linear head and
 * cross-entropy, with autograd; one call from Java to a stage, nothing of Java's inside the loop over time.
 *
 * <p>A step begins with no gradients, as after {@code zero_grad(set_to_none=True)}: each parameter is detached, which copies nothing, and
 * the backward pass then stores its gradients instead of adding them to zeros. Setting the gradients to zero instead costs up to a fifth
 * more where the weights do not fit the caches; one flat parameter whose views feed the LSTM costs 10 to 50 % more; the whole step as one
 * TorchScript call costs the same.
 */
final class PyTorchPeer implements Peer {
  private final NetworkSpec spec;
  private final NDManager manager = NDManager.newBaseManager(Device.cpu());
  /** Those of the layers, in PyTorch's order, then the head's weight, [classes][hidden], and bias, [classes]. */
  private final NDList parameters = new NDList();
  private final NDArray x; // [batch][steps][inputs]
  private final NDArray labels; // [batch][1]
  private final NDArray zeros; // [layers][batch][hidden]

  PyTorchPeer(NetworkSpec spec, int steps, int batch) {
    this.spec = spec;
    float bound = (float) (1 / Math.sqrt(spec.hidden()));
    int rows = spec.cell().gatesOfH().length * spec.hidden();
    for (int layer = 0; layer < spec.layers(); layer++) {
      parameters.add(parameter(bound, rows, spec.inputs(layer)));
      parameters.add(parameter(bound, rows, spec.hidden()));
      parameters.add(parameter(bound, rows));
      parameters.add(parameter(bound, rows));
    }
    parameters.add(parameter(bound, spec.outputs(), spec.hidden()));
    parameters.add(parameter(bound, spec.outputs()));
    x = manager.randomNormal(new Shape(batch, steps, spec.inputs()));
    int[] classes = new int[batch];
    for (int i = 0; i < batch; i++) {
      classes[i] = i % spec.outputs();
    }
    labels = manager.create(classes).toType(DataType.INT64, false).reshape(batch, 1);
    zeros = manager.zeros(new Shape(spec.layers(), batch, spec.hidden()));
  }

  /** PyTorch as DJL brings it. */
  static final class PyTorch implements Library {
    @Override
    public String name() {
      return "PyTorch " + Engine.getInstance().getVersion();
    }

    @Override
    public boolean has(Cell cell) {
      return !cell.name().equals("rnn");
    }

    @Override
    public void useThreads(int threads) {
      JniUtils.setNumThreads(threads);
    }

    @Override
    public Peer open(NetworkSpec spec, int steps, int batch) {
      return new PyTorchPeer(spec, steps, batch);
    }
  }

  private NDArray parameter(float bound, long... shape) {
    return manager.randomUniform(-bound, bound, new Shape(shape));
  }

  @Override
  public float train() {
    try (NDManager step = manager.newSubManager(); GradientCollector collector = Engine.getInstance().newGradientCollector()) {
      NDList leaves = new NDList();
      for (NDArray parameter : parameters) {
        NDArray leaf = parameter.stopGradient();
        leaf.attach(step);
        leaf.setRequiresGradient(true);
        leaves.add(leaf);
      }
      NDArray scores = scores(step, leaves, true).logSoftmax(-1);
      NDArray loss = scores.get(new NDIndex().addAllDim(1).addPickDim(labels)).neg().mean();
      collector.backward(loss);
      return loss.getFloat();
    }
  }

  @Override
  public float infer() {
    try (NDManager step = manager.newSubManager()) {
      return scores(step, parameters, false).toFloatArray()[0];
    }
  }

  private NDArray scores(NDManager step, NDList weights, boolean training) {
    NDArray input = x.stopGradient(); // no copy; results are attached to its manager, and so are freed with the step
    input.attach(step);
    NDList recurrent = weights.subNDList(0, weights.size() - 2);
    NDArrayEx kernels = input.getNDArrayInternal();
    NDList outputs = switch (spec.cell().name()) {
      case "lstm" -> kernels.lstm(input, new NDList(zeros, zeros), recurrent, true, spec.layers(), 0, training, false, true);
      case "gru" -> kernels.gru(input, zeros, recurrent, true, spec.layers(), 0, training, false, true);
      default -> throw new IllegalArgumentException("no peer for the cell " + spec.cell().name());
    };
    NDArray pooled = outputs.getFirst().mean(new int[] {1});
    return pooled.getNDArrayInternal().linear(pooled, weights.get(weights.size() - 2), weights.get(weights.size() - 1)).singletonOrThrow();
  }

  @Override
  public void close() {
    manager.close();
  }
}
