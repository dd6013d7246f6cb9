// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lull.cost.OperationCount;
import org.lull.cost.OperationCounts;
import org.lull.cost.TapeSize;
import org.lull.network.Execution;
import org.lull.network.LayerScheduler;
import org.lull.network.Mode;
import org.lull.network.Network;
import org.lull.network.NetworkPass;
import org.lull.network.NetworkSpec;
import org.lull.network.Sequence;
import org.lull.parallel.Workers;

/**
 * Runs a batch forward, or forward and backward, on several threads.
 *
 * <p>A batch is cut into groups, by position and not by thread. Each group sums its gradients, in order, in its own arena. Then the arenas
 * are added in order, slice by slice. So the bytes are the same at any number of threads. Arenas and tapes are reused. A step allocates
 * only the inputs that the {@link Batch} makes, and nothing if the inputs exist already.
 *
 * <p>If there is only one group, the threads run its sequences together ({@link LayerScheduler} describes how).
 *
 * <p>In delta mode {@link ExecutionChoice} picks the sparse or the dense form from the sparsity. In training this is the sparsity of the
 * previous batch. In a forward pass alone it is that of the batch's first sequence, so that the result for a list of examples depends on
 * nothing else.
 */
final class BatchGradient implements AutoCloseable {
  /** How many sequences a dense pass runs together; also the size of the smallest group. */
  private static final int TOGETHER = 8;
  /** Largest number of gradient arenas. */
  private static final int GROUPS = 8;

  private final Network network;
  private final Mode mode;
  private final Loss loss;
  private final boolean regression;
  private final Workers workers;
  private final Slices slices;
  private final LayerScheduler scheduler;
  private final List<Runner> runners = new ArrayList<>();
  private final float[][] gradients;
  private double[] losses = new double[0];
  private int[] decisions = new int[0];
  private float[] outputs = new float[0];

  // made once: lambdas that capture what changes from step to step would be allocated in each
  private final Workers.Task forwardGroup = (worker, g) -> runGroup(worker, g, null);
  private final Workers.Task trainGroup = this::trainGroup;
  private final Slices.SliceTask addGroups = this::addGroups;
  // what the tasks work on
  private Batch batch;
  private Execution execution;
  private int first;
  private int groupSize;
  private int groups;
  // what fired, of all entries, up to the end of the batch before: the choice of form is by the difference
  private long activeBefore;
  private long entriesBefore;
  private double sparsity = 1;

  /**
   * @param batch largest batch that will be run backward
   */
  BatchGradient(Network network, Mode mode, Loss loss, int batch, int threads) {
    this(network, mode, loss, threads, new float[Math.min(GROUPS, (batch + TOGETHER - 1) / TOGETHER)][network.parameters().length]);
  }

  private BatchGradient(Network network, Mode mode, Loss loss, int threads, float[][] gradients) {
    this.network = network;
    this.mode = mode;
    this.loss = loss;
    this.regression = loss.targets() != null;
    this.gradients = gradients;
    workers = new Workers(threads);
    scheduler = new LayerScheduler(network, workers);
    slices = new Slices(workers, network.first(), network.parameters().length);
    for (int w = 0; w < threads; w++) {
      runners.add(new Runner());
    }
  }

  /** An instance for forward passes only, without arenas for gradients. */
  static BatchGradient forwardOnly(Network network, Mode mode, Loss loss, int threads) {
    return new BatchGradient(network, mode, loss, threads, new float[0][]);
  }

  /** The pass of one thread, and the sequences that it runs together. */
  private final class Runner {
    final NetworkPass pass = new NetworkPass(network, mode);
    final List<Sequence> sequences = new ArrayList<>();
    final int[] places = new int[TOGETHER];

    /** Runs inputs {@code from} to {@code to - 1} together, in order of falling length. */
    void run(LayerScheduler scheduler, int from, int to, float[] gradient, boolean overwrite) {
      sequences.clear();
      for (int i = from; i < to; i++) {
        Sequence sequence = batch.sequence(i);
        int s = sequences.size();
        while (s > 0 && sequences.get(s - 1).steps() < sequence.steps()) {
          s--;
        }
        System.arraycopy(places, s, places, s + 1, sequences.size() - s);
        places[s] = i;
        sequences.add(s, sequence);
      }
      pass.forward(sequences, execution, scheduler);
      NetworkSpec spec = network.spec();
      for (int s = 0; s < sequences.size(); s++) {
        int i = places[s];
        Example example = batch.examples().get(i);
        if (regression) {
          System.arraycopy(pass.logits(), s * pass.logitsStride(), outputs, i * spec.outputs(), spec.outputs());
        } else {
          decisions[i] = Targets.decide(pass, spec.head(), s, example, sequences.get(s), spec.outputs());
        }
        losses[i] = Targets.lossAndGradient(loss, pass, spec.head(), s, example, sequences.get(s), spec.outputs(), loss.weight(example));
      }
      if (gradient != null) {
        pass.backward(gradient, overwrite);
      }
    }
  }

  /** Adds the gradient of a penalty on what hidden units transmit to every gradient. */
  void penaliseDeltas(float strength) {
    runners.forEach(runner -> runner.pass.penaliseDeltas(strength));
  }

  /** Runs the inputs forward; then {@link #loss} and {@link #decision} give the result of each input. */
  void forward(Batch batch) {
    begin(batch);
    execution = ExecutionChoice.onlyDense(network, mode) ? Execution.DENSE : Execution.SPARSE;
    first = 0;
    if (execution == Execution.SPARSE && batch.size() > 1 && !ExecutionChoice.onlySparse(network, mode)) {
      countSparsity();
      runners.getFirst().run(scheduler, 0, 1, null, false);
      execution = ExecutionChoice.of(network, countSparsity(), Math.min(batch.size() - 1, TOGETHER));
      first = 1;
    }
    group(TOGETHER);
    runGroups(forwardGroup);
    countSparsity();
  }

  /** Runs the inputs forward and backward; the sum of their gradients, weighted, is then in {@link #gradient}. */
  void forwardAndBackward(Batch batch) {
    begin(batch);
    countSparsity(); // drops the counts of a batch that failed
    execution = ExecutionChoice.onlyDense(network, mode) ? Execution.DENSE
        : ExecutionChoice.onlySparse(network, mode) ? Execution.SPARSE
            : ExecutionChoice.of(network, sparsity, Math.min(batch.size(), TOGETHER));
    first = 0;
    group(Math.max(TOGETHER, (batch.size() + gradients.length - 1) / gradients.length));
    runGroups(trainGroup);
    if (groups > 1) {
      slices.run(addGroups);
    }
    sparsity = countSparsity();
  }

  private void begin(Batch batch) {
    this.batch = batch;
    if (losses.length < batch.size()) {
      losses = new double[batch.size()];
      decisions = new int[batch.size()];
      outputs = new float[regression ? batch.size() * network.spec().outputs() : 0];
    }
  }

  private void group(int size) {
    groupSize = size;
    groups = (batch.size() - first + size - 1) / size;
  }

  /** A single group runs on this thread, and the other threads help. */
  private void runGroups(Workers.Task task) {
    if (groups == 1) {
      task.run(0, 0);
    } else {
      workers.run(groups, task);
    }
  }

  /** Share of entries that did not fire since the last call. */
  private double countSparsity() {
    long active = 0;
    long entries = 0;
    for (int w = 0; w < runners.size(); w++) {
      OperationCounts counts = runners.get(w).pass.operations();
      for (int layer = 0; layer < counts.size(); layer++) {
        active += counts.layer(layer).active();
        entries += counts.layer(layer).entries();
      }
    }
    double sparsity = 1 - (active - activeBefore) / (double) (entries - entriesBefore);
    activeBefore = active;
    entriesBefore = entries;
    return sparsity;
  }

  private void trainGroup(int worker, int g) {
    runGroup(worker, g, gradients[g]);
  }

  private void runGroup(int worker, int g, float[] gradient) {
    int together = execution == Execution.DENSE ? TOGETHER : 1;
    int begin = first + g * groupSize;
    int end = Math.min(batch.size(), begin + groupSize);
    Runner runner = runners.get(worker);
    LayerScheduler helpers = groups == 1 ? scheduler : runner.pass.solo();
    for (int i = begin; i < end; i += together) {
      runner.run(helpers, i, Math.min(end, i + together), gradient, i == begin);
    }
  }

  /** Adds the arenas of all groups to the first arena, in order, in one slice. */
  private void addGroups(int from, int to) {
    for (int g = 1; g < groups; g++) {
      network.kernels().add(gradients[g], from, gradients[0], from, to - from);
    }
  }

  /** Slices of the parameter arena (and of arenas with the same layout), for work on the threads of the passes. */
  Slices slices() {
    return slices;
  }

  /** Arena of the summed gradients; it has the layout of the parameters. */
  float[] gradient() {
    return gradients[0];
  }

  /** The form of the last pass, apart from the first sequence of a batch that ran forward only. */
  Execution execution() {
    return execution;
  }

  /** Loss of input i of the last batch, without its weight. */
  double loss(int i) {
    return losses[i];
  }

  /** Output k of the network for input i of the last batch, in regression. */
  float output(int i, int k) {
    return outputs[i * network.spec().outputs() + k];
  }

  /** The class predicted for input i of the last batch; without meaning in regression. */
  int decision(int i) {
    return decisions[i];
  }

  /** Multiply-adds of all passes since the last {@link #takeOperations}. */
  OperationCounts operations() {
    OperationCounts sum = network.operationCounts();
    for (Runner runner : runners) {
      sum.add(runner.pass.operations());
    }
    return sum;
  }

  /** Returns {@link #operations} and resets the count. */
  OperationCounts takeOperations() {
    OperationCounts sum = operations();
    runners.forEach(runner -> runner.pass.operations().reset());
    activeBefore = 0;
    entriesBefore = 0;
    return sum;
  }

  /** The sparsity of the last batch that ran backward: it picks the form of the next. */
  double sparsity() {
    return sparsity;
  }

  /**
   * Goes on as after the batches of another instance.
   *
   * @param counts its {@link #operations}
   * @param sparsity its {@link #sparsity}
   */
  void restore(OperationCounts counts, double sparsity) {
    takeOperations();
    runners.getFirst().pass.operations().add(counts);
    countSparsity(); // what was counted before is not part of the next batch
    this.sparsity = sparsity;
  }

  /** Bytes of the gradient arenas. */
  long gradientBytes() {
    return Arrays.stream(gradients).mapToLong(arena -> Float.BYTES * (long) arena.length).sum();
  }

  /** Memory of the tapes of all threads. */
  TapeSize tapeSize() {
    return runners.stream().map(runner -> runner.pass.size()).reduce(TapeSize.ZERO, TapeSize::plus);
  }

  @Override
  public void close() {
    workers.close();
  }
}
