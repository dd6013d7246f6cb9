// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import com.fasterxml.jackson.core.type.TypeReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.lull.cost.OperationCounts;
import org.lull.cost.TapeSize;
import org.lull.input.InvalidInputException;
import org.lull.io.Safetensors.Contents;
import org.lull.io.Safetensors.Tensor;
import org.lull.io.StateDict;
import org.lull.network.Network;
import org.lull.rnn.LayerLayout;
import org.lull.rnn.Thresholds;

/**
 * Where {@link Trainer#fit} stands: everything that the rest of it depends on beside options and examples. A checkpoint is this state as
 * tensors and JSON.
 *
 * <p>The order of an epoch and all random numbers follow from the seed, the epoch and the position in it ({@link RandomStreams}), so these
 * two numbers stand for the random generators.
 */
final class FitState {
  static final String MODEL = "model.";
  private static final String BEST = "best.";
  private static final String OPTIMISER = "optimizer.";

  private final Network network;
  private final BatchGradient batchGradient;
  private final Optimiser.State optimiser;
  private final int examples;
  private final int firstEpoch;
  private final int epochs;
  final LearningRate rate;
  /** Null without a budget. */
  final ThresholdControl control;
  final List<EpochRecord> records = new ArrayList<>();
  final Network best;
  EpochRecord bestRecord;
  /** Operations of all epochs that ended. */
  final OperationCounts operations;
  /** Peak memory before the training was resumed. */
  TapeSize tape = TapeSize.ZERO;
  boolean stoppedEarly;

  /** The epoch that runs or is next. */
  int epoch;
  /** Index in its order of the first example of the next batch. */
  int position;
  // sums over the steps of the epoch so far
  int steps;
  double loss;
  double norm;
  int correct;
  double learningRate;

  /** As it is in JSON. */
  private record Progress(int firstEpoch, int epochs, int examples, int epoch, int position, int steps, double loss, double gradientNorm,
      int correct, double learningRate, boolean stoppedEarly, Integer bestEpoch, LearningRate.State schedule,
      ThresholdControl.State thresholdControl, int optimizerSteps, double sparsity, long[][] operations, long[][] operationsOfEpoch,
      TapeSize tape) {}

  /** The state before the first step. */
  FitState(Network network, BatchGradient batchGradient, Optimiser.State optimiser, LearningRate rate, ThresholdControl control,
      int examples, int firstEpoch, int epochs) {
    this.network = network;
    this.batchGradient = batchGradient;
    this.optimiser = optimiser;
    this.rate = rate;
    this.control = control;
    this.examples = examples;
    this.firstEpoch = firstEpoch;
    this.epochs = epochs;
    epoch = firstEpoch;
    best = network.copy();
    operations = network.operationCounts();
  }

  /** Whether all epochs have run. */
  boolean finished() {
    return stoppedEarly || epoch >= firstEpoch + epochs;
  }

  /** Goes on to the next epoch. */
  void nextEpoch() {
    epoch++;
    position = 0;
    steps = 0;
    loss = 0;
    norm = 0;
    correct = 0;
    learningRate = 0;
  }

  // ------------------------------------------------------------------------------------------------ to a checkpoint

  void save(Checkpoint to) {
    List<Tensor> tensors = new ArrayList<>();
    addNetwork(MODEL, network, tensors);
    addNetwork(BEST, best, tensors);
    addOptimiser(optimiser, network, tensors);
    to.write(tensors, Map.of("progress", progress(), "epochs", records));
  }

  private Progress progress() {
    return new Progress(firstEpoch, epochs, examples, epoch, position, steps, loss, norm, correct, learningRate, stoppedEarly,
        bestRecord == null ? null : (Integer) bestRecord.epoch(), rate.state(), control == null ? null : control.state(),
        optimiser.steps(), batchGradient.sparsity(), operations.state(), batchGradient.operations().state(),
        tape.max(batchGradient.tapeSize()));
  }

  static void addOptimiser(Optimiser.State optimiser, Network network, List<Tensor> tensors) {
    optimiser.arenas().forEach((name, arena) -> tensors.addAll(StateDict.of(OPTIMISER + name + ".", network, arena)));
  }

  static void addNetwork(String prefix, Network network, List<Tensor> tensors) {
    tensors.addAll(StateDict.of(prefix, network, network.parameters()));
    for (int layer = 0; layer < network.spec().layers(); layer++) {
      tensors.add(tensor(prefix + "threshold_x_l" + layer, network.thresholds(layer).x()));
      tensors.add(tensor(prefix + "threshold_h_l" + layer, network.thresholds(layer).h()));
    }
  }

  private static Tensor tensor(String name, float[] values) {
    return new Tensor(name, new int[] {values.length}, values);
  }

  // ------------------------------------------------------------------------------------------------ from a checkpoint

  /**
   * Goes on from a checkpoint. The number of epochs may be larger than before.
   *
   * @throws InvalidInputException if it does not fit
   */
  void restore(Checkpoint.Saved saved, Checkpoint from) {
    Progress p = saved.json("progress", new TypeReference<>() {});
    List<EpochRecord> earlier = saved.json("epochs", new TypeReference<>() {});
    if (epochs < p.epochs) {
      throw new InvalidInputException("the checkpoint " + saved.contents().file() + " is of a training of " + p.epochs + " epochs, and "
          + epochs + " are asked for; give " + p.epochs + " or more");
    }
    check(saved, p, earlier);
    try {
      restoreNetwork(MODEL, network, saved.contents());
      restoreNetwork(BEST, best, saved.contents());
      restoreOptimiser(optimiser, network, saved.contents());
      operations.restore(p.operations);
      OperationCounts ofEpoch = network.operationCounts();
      ofEpoch.restore(p.operationsOfEpoch);
      batchGradient.restore(ofEpoch, p.sparsity);
    } catch (InvalidInputException e) {
      throw saved.bad(e.getMessage(), e);
    }
    optimiser.setSteps(p.optimizerSteps);
    rate.restore(p.schedule);
    if (control != null) {
      control.restore(p.thresholdControl);
    }
    records.addAll(earlier);
    bestRecord = p.bestEpoch == null ? null : records.get(p.bestEpoch - firstEpoch);
    tape = p.tape;
    stoppedEarly = p.stoppedEarly;
    epoch = p.epoch;
    position = p.position;
    steps = p.steps;
    loss = p.loss;
    norm = p.gradientNorm;
    correct = p.correct;
    learningRate = p.learningRate;
    if (epochs > p.epochs && !stoppedEarly) {
      extended(p.epochs, from);
    }
  }

  /** A checksum does not protect from a file that was changed by hand, or by a program. */
  private void check(Checkpoint.Saved saved, Progress p, List<EpochRecord> earlier) {
    int done = p.epoch - firstEpoch;
    boolean fits = p.firstEpoch == firstEpoch && p.examples == examples && done >= 0 && done <= p.epochs && earlier.size() == done
        && p.position >= 0 && p.position <= examples && p.steps >= 0 && p.steps <= p.position && p.optimizerSteps >= 0
        && (control == null) == (p.thresholdControl == null) && p.schedule != null && p.tape != null && p.operations != null
        && p.operationsOfEpoch != null && (p.bestEpoch == null) == (done == 0)
        && (p.bestEpoch == null || p.bestEpoch >= firstEpoch && p.bestEpoch < p.epoch);
    for (int i = 0; fits && i < done; i++) {
      fits = earlier.get(i) != null && earlier.get(i).epoch() == firstEpoch + i;
    }
    if (!fits) {
      throw saved.bad("the place in the training that it describes is none of this training", null);
    }
    requireFinite(saved);
  }

  static void requireFinite(Checkpoint.Saved saved) {
    for (Tensor tensor : saved.contents().tensors().values()) {
      for (float value : tensor.data()) {
        if (!Float.isFinite(value)) {
          throw saved.bad("a number of " + tensor.name() + " is " + value, null);
        }
      }
    }
  }

  static void restoreOptimiser(Optimiser.State optimiser, Network network, Contents contents) {
    optimiser.arenas().forEach((name, arena) -> StateDict.load(OPTIMISER + name + ".", network, arena, contents));
  }

  static void restoreNetwork(String prefix, Network network, Contents contents) {
    StateDict.load(prefix, network, network.parameters(), contents);
    for (int layer = 0; layer < network.spec().layers(); layer++) {
      LayerLayout layout = network.layers().get(layer);
      network.setThresholds(layer, new Thresholds(contents.tensor(prefix + "threshold_x_l" + layer, layout.paddedInputs()).data(),
          contents.tensor(prefix + "threshold_h_l" + layer, layout.paddedUnits()).data()));
    }
  }

  /** Says what is not as in a training that had so many epochs from the beginning. */
  private void extended(int before, Checkpoint from) {
    List<String> reasons = new ArrayList<>();
    if (rate.dependsOnTotal()) {
      reasons.add("the learning rate falls over all epochs, and goes on along the curve of " + epochs + " epochs");
    }
    if (control != null) {
      reasons.add("the budget is of all epochs, and thresholds move to meet it over " + epochs);
    }
    if (!reasons.isEmpty()) {
      from.warn("the training goes on from epoch " + (epoch - 1) + " to " + (firstEpoch + epochs - 1) + " after it was begun for "
          + before + " epochs: " + String.join("; ", reasons) + "; a training of " + epochs
          + " epochs from the beginning would give another network");
    }
  }
}
