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
import ai.djl.training.GradientCollector;
import org.lull.model.NetworkSpec;

/**
 * The same network in PyTorch at its best: its own fused recurrent kernel over the whole sequence, mean-pooled outputs, a linear head and
 * cross-entropy, with autograd; one call from Java to a stage, nothing of Java's inside the loop over time. The
 * number of threads is set from outside (DJL reads ai.djl.pytorch.num_threads, OpenMP OMP_NUM_THREADS).
 */
final class PyTorchPeer implements AutoCloseable {
  private final NetworkSpec spec;
  private final int batch;
  private final NDManager manager = NDManager.newBaseManager(Device.cpu());
  private final NDList recurrent = new NDList();
  private final NDArray headWeight; // [classes][hidden]
  private final NDArray headBias; // [classes]
  private final NDArray x; // [batch][steps][inputs]
  private final NDArray labels; // [batch][1]
  private final NDArray zeros; // [layers][batch][hidden]

  PyTorchPeer(NetworkSpec spec, int steps, int batch) {
    this.spec = spec;
    this.batch = batch;
    float bound = (float) (1 / Math.sqrt(spec.hidden()));
    int rows = spec.cell().gatesOfH().length * spec.hidden();
    for (int layer = 0; layer < spec.layers(); layer++) {
      recurrent.add(parameter(bound, rows, spec.inputs(layer)));
      recurrent.add(parameter(bound, rows, spec.hidden()));
      recurrent.add(parameter(bound, rows));
      recurrent.add(parameter(bound, rows));
    }
    headWeight = parameter(bound, spec.outputs(), spec.hidden());
    headBias = parameter(bound, spec.outputs());
    x = manager.randomNormal(new Shape(batch, steps, spec.inputs()));
    int[] classes = new int[batch];
    for (int i = 0; i < batch; i++) {
      classes[i] = i % spec.outputs();
    }
    labels = manager.create(classes).toType(DataType.INT64, false).reshape(batch, 1);
    zeros = manager.zeros(new Shape(spec.layers(), batch, spec.hidden()));
  }

  static String version() {
    return Engine.getInstance().getVersion();
  }

  private NDArray parameter(float bound, long... shape) {
    NDArray array = manager.randomUniform(-bound, bound, new Shape(shape));
    array.setRequiresGradient(true);
    return array;
  }

  /** Forward, loss and backward; gradients are zeroed first. Returns the loss. */
  float train() {
    try (NDManager step = manager.newSubManager()) {
      recurrent.forEach(PyTorchPeer::zeroGradient);
      zeroGradient(headWeight);
      zeroGradient(headBias);
      try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
        NDArray scores = scores(step, true).logSoftmax(-1);
        NDArray loss = scores.get(new NDIndex().addAllDim(1).addPickDim(labels)).neg().mean();
        collector.backward(loss);
        return loss.getFloat();
      }
    }
  }

  /** The forward pass alone. Returns the first score, so that it has to be computed. */
  float infer() {
    try (NDManager step = manager.newSubManager()) {
      return scores(step, false).toFloatArray()[0];
    }
  }

  private NDArray scores(NDManager step, boolean training) {
    NDArray input = x.duplicate(); // results are attached to their input's manager, and so are freed with the step
    input.attach(step);
    NDArrayEx kernels = input.getNDArrayInternal();
    NDList outputs = switch (spec.cell().name()) {
      case "lstm" -> kernels.lstm(input, new NDList(zeros, zeros), recurrent, true, spec.layers(), 0, training, false, true);
      case "gru" -> kernels.gru(input, zeros, recurrent, true, spec.layers(), 0, training, false, true);
      default -> throw new IllegalArgumentException("no peer for the cell " + spec.cell().name());
    };
    NDArray pooled = outputs.getFirst().mean(new int[] {1});
    return pooled.getNDArrayInternal().linear(pooled, headWeight, headBias).singletonOrThrow();
  }

  private static void zeroGradient(NDArray parameter) {
    if (parameter.hasGradient()) {
      try (NDArray gradient = parameter.getGradient()) {
        gradient.subi(gradient);
      }
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
