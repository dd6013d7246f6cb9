// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.ArrayList;
import java.util.List;
import org.lull.cost.OperationCounts;
import org.lull.cost.TapeSize;
import org.lull.kernel.Kernels;
import org.lull.network.Arithmetic;
import org.lull.network.Execution;
import org.lull.network.Fired;
import org.lull.network.LayerScheduler;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkPass;
import org.lull.network.NetworkSpec;
import org.lull.network.Sequence;
import org.lull.rnn.Packing;
import org.lull.train.Example;
import org.lull.train.Loss;
import org.lull.train.Targets;

/** Layers of the golden model that record their inputs: x in the forward pass, and dL/dh in the backward pass. */
final class RecordedLayers implements Arithmetic, Arithmetic.Layers {
  private final Network network;
  private final Layers layers;
  private final List<FixedExample> clips = new ArrayList<>();
  private long saturated;
  private float[] x;
  private int steps;

  /**
   * The recorded inputs.
   *
   * @param saturated number of values of x that were beyond 16 bits
   */
  record Recorded(List<FixedExample> clips, long saturated) {}

  private RecordedLayers(Network network, Mode mode) {
    this.network = network;
    layers = new FixedLayers(network, mode);
  }

  /**
   * Runs examples, with the gradient of their mean cross-entropy.
   *
   * @param sequences the inputs made of the examples
   */
  static Recorded record(Network original, Mode mode, List<Example> examples, List<Sequence> sequences) {
    Network network = original.copy();
    RecordedLayers recorder = new RecordedLayers(network, mode);
    network.setArithmetic(recorder);
    NetworkPass pass = new NetworkPass(network, mode);
    NetworkSpec spec = network.spec();
    float[] unused = new float[network.parameters().length];
    for (int i = 0; i < examples.size(); i++) {
      pass.forward(List.of(sequences.get(i)));
      Targets.lossAndGradient(Loss.CROSS_ENTROPY, pass, spec.head(), 0, examples.get(i), sequences.get(i), spec.outputs(),
          1.0 / examples.size());
      pass.backward(unused, true);
    }
    return new Recorded(recorder.clips, recorder.saturated);
  }

  @Override
  public String name() {
    return new Fixed16().name();
  }

  @Override
  public void check(NetworkSpec spec) {
    new Fixed16().check(spec);
  }

  @Override
  public Layers layers(Network network, Mode mode) {
    return this;
  }

  @Override
  public boolean runs(Mode mode, Execution execution) {
    return new Fixed16().runs(mode, execution);
  }

  @Override
  public State state(Network network) {
    return new Fixed16().state(network);
  }

  @Override
  public void forward(float[] x, Packing packing, Execution execution, LayerScheduler scheduler, OperationCounts counts) {
    this.x = x;
    this.steps = packing.steps();
    layers.forward(x, packing, execution, scheduler, counts);
  }

  @Override
  public void step(State state, float[] x, OperationCounts counts) {
    layers.step(state, x, counts);
  }

  @Override
  public Fired fired(int layer) {
    return layers.fired(layer);
  }

  @Override
  public float[] output() {
    return layers.output();
  }

  @Override
  public int outputAt() {
    return layers.outputAt();
  }

  @Override
  public void backward(float[] gradients, boolean overwrite, float[] dh, boolean perStep, OperationCounts counts) {
    int inputs = network.spec().inputs();
    int units = network.spec().hidden();
    short[] inputValues = new short[steps * inputs];
    float[] gradient = new float[steps * units];
    for (int t = 0; t < steps; t++) {
      for (int k = 0; k < inputs; k++) {
        float value = x[t * Kernels.pad(inputs) + k];
        inputValues[t * inputs + k] = FixedPoint.quantise(value, FixedPoint.ONE);
        saturated += FixedPoint.fits(value, FixedPoint.ONE) ? 0 : 1;
      }
      System.arraycopy(dh, perStep ? t * Kernels.pad(units) : 0, gradient, t * units, units);
    }
    clips.add(new FixedExample(steps, inputValues, gradient));
  }

  @Override
  public void penaliseDeltas(float strength) {
    layers.penaliseDeltas(strength);
  }

  @Override
  public int firstNotFinite() {
    return layers.firstNotFinite();
  }

  @Override
  public TapeSize size() {
    return layers.size();
  }
}
