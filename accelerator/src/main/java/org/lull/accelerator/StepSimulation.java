// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import java.util.Arrays;
import java.util.List;
import org.lull.accelerator.CoreHost.Beats;
import org.lull.input.InvalidInputException;

/**
 * One training step of a batch: every sequence forward and back, then the update of the weights; in the golden model, and beside it in
 * the simulated logic, whose every hidden state, gradient and weight is compared with the golden model's, and its cycles with those of
 * the model of the schedule.
 */
public final class StepSimulation {
  private static final int BITS_AT_FIRST = 7;

  private final TrainingBatch batch;
  private final CoreSize size;
  private final Dram outside;
  private final List<FixedLstmLayer> layers;
  private final List<long[]> gradients;
  private final Saturations updates = new Saturations();
  private final List<FixedSequence> sequences;
  private final Scale scale;

  /**
   * What came of it.
   *
   * @param forward cycles
   * @param backward cycles
   * @param update cycles
   * @param streamed cycles of all three with the weights in a memory outside the chip, by the model of the schedule; 0 if not asked for
   * @param products cycles in which the multipliers worked on one of the three products
   * @param work what the lists held
   * @param saturated values
   * @param compared values of the logic compared with the golden model's, and cycles with the schedule's; 0 without logic
   * @param different of them
   * @param seconds the logic took; 0 without
   */
  public record Result(long forward, long backward, long update, long streamed, Products products, SequenceWorkload work,
      Saturated saturated, long compared, long different, double seconds) {
    public long cycles() {
      return forward + backward + update;
    }

    /** Share of the cycles of both ways in which the multipliers worked on a product. */
    public double utilisation() {
      return products.total() / (double) (forward + backward);
    }
  }

  /** Cycles with a product. */
  public record Products(long forward, long transposed, long gradient) {
    public long total() {
      return forward + transposed + gradient;
    }
  }

  /** Values saturated, of the golden model. */
  public record Saturated(long value, long gradient, long weight, long overflow) {}

  /**
   * @param batch stays as it is
   * @param outside a memory to stream weights from, besides; {@link Dram#NONE} for none
   * @throws InvalidInputException if a core of that size cannot hold the batch, or none of the update's shifts gives the learning rate
   */
  public StepSimulation(TrainingBatch batch, CoreSize size, Dram outside, double learningRate) {
    this.outside = outside;
    this.batch = batch.copy();
    this.size = size;
    layers = this.batch.layers();
    size.check(layers, batch.longest());
    gradients = layers.stream().map(layer -> new long[layer.weights().length]).toList();
    sequences = List.of(new FixedSequence(layers), new FixedSequence(layers));
    scale = Scale.of(fittingScale(), learningRate);
  }

  /** In the golden model and the logic, once. The core is new. */
  Result run(Core core) {
    return run(new CoreHost(core, size, layers));
  }

  /** With the cycles of the model of the schedule, where there is no logic; once. */
  public Result run() {
    return run((CoreHost) null);
  }

  /** In the logic, built if need be; once. */
  public Result run(CoreBuilder builder, CoreBuilder.Link link) {
    try (Core core = builder.core(size, link, 1)) {
      return run(core);
    }
  }

  private Result run(CoreHost host) {
    SequenceWorkload.Count count = new SequenceWorkload.Count(layers, size.lanes());
    Comparison comparison = new Comparison();
    ScheduleModel schedule = new ScheduleModel(size, layers, Dram.NONE);
    ScheduleModel streaming = new ScheduleModel(size, layers, outside);
    boolean streams = !outside.equals(Dram.NONE);
    long streamed = streams ? streaming.update() : 0;
    Saturations.Counts saturated = Saturations.Counts.NONE;
    long[] scheduled = {0, 0, schedule.update()}; // cycles forward, backward, of the update
    long[] cycles = new long[scheduled.length];
    long nanos = 0;
    for (List<FixedExample> pair : batch.pairs()) {
      int steps = pair.getFirst().steps();
      List<FixedSequence> running = forward(pair);
      count.add(running);
      streamed += streams ? streaming.forward(running) : 0;
      scheduled[0] += schedule.forward(running);
      if (host != null) {
        nanos -= System.nanoTime();
        cycles[0] += host.forward(running);
        nanos += System.nanoTime();
        for (int s = 0; s < pair.size(); s++) {
          FixedTape top = running.get(s).tapes().getLast();
          int units = layers.getLast().units();
          comparison.add(host.hidden(s, steps), Arrays.copyOfRange(top.h, units, (steps + 1) * units));
        }
      }
      backward(pair, running, scale.factor());
      streamed += streams ? streaming.backward(running) : 0;
      scheduled[1] += schedule.backward(running);
      if (host != null) {
        nanos -= System.nanoTime();
        cycles[1] += host.backward(running.stream().map(sequence -> sequence.tapes().getLast().dh).toList(), steps);
        nanos += System.nanoTime();
      }
      for (FixedSequence sequence : running) {
        saturated = saturated.plus(sequence.saturations());
      }
    }
    if (host != null) {
      compareWeights(host, comparison);
    }
    for (int l = 0; l < layers.size(); l++) {
      layers.get(l).update(gradients.get(l), scale.shift(), updates);
    }
    saturated = saturated.plus(updates.counts());
    Products products = count.products();
    if (host == null) {
      cycles = scheduled;
    } else {
      cycles[2] = host.update(scale.shift());
      compareWeights(host, comparison);
      Beats beats = host.beats();
      comparison.add(new long[] {beats.forward(), beats.transposed(), beats.gradient()},
          new long[] {products.forward(), products.transposed(), products.gradient()});
      comparison.add(host.saturations(), saturated);
      comparison.add(cycles, scheduled);
    }
    return new Result(cycles[0], cycles[1], cycles[2], streamed, products, count.work(),
        new Saturated(saturated.value(), saturated.gradient(), saturated.weight(), saturated.overflow()), comparison.compared,
        comparison.different, nanos / 1e9);
  }

  private List<FixedSequence> forward(List<FixedExample> pair) {
    List<FixedSequence> running = sequences.subList(0, pair.size());
    for (int s = 0; s < pair.size(); s++) {
      running.get(s).begin(pair.get(s).steps()).takeInputs(pair.get(s).x());
      running.get(s).forward();
    }
    return running;
  }

  private void backward(List<FixedExample> pair, List<FixedSequence> running, double factor) {
    for (int s = 0; s < pair.size(); s++) {
      running.get(s).backward(pair.get(s).dh(), true, layers.getLast().units(), factor, gradients);
    }
  }

  /** The largest power of two, as its exponent, at which no gradient of any sequence is saturated. */
  private int fittingScale() {
    float largest = 0;
    for (List<FixedExample> pair : batch.pairs()) {
      for (FixedExample clip : pair) {
        largest = Math.max(largest, clip.largest());
      }
    }
    int scale = BITS_AT_FIRST - 1 - Math.getExponent(Math.max(largest, Float.MIN_NORMAL));
    int room = room(scale);
    while (room != 0) { // up once at most; then down, each time by a bit at least of the 15 that the gradients have, until they fit
      scale += room;
      room = Math.min(0, room(scale));
    }
    return scale;
  }

  /** The least {@link FixedSequence#room} of all sequences at that scale. */
  private int room(int scale) {
    int room = Integer.MAX_VALUE;
    for (List<FixedExample> pair : batch.pairs()) {
      List<FixedSequence> running = forward(pair);
      backward(pair, running, Math.scalb(1.0, scale));
      for (FixedSequence sequence : running) {
        room = Math.min(room, sequence.room());
      }
    }
    gradients.forEach(gradient -> Arrays.fill(gradient, 0));
    return room;
  }

  private void compareWeights(CoreHost host, Comparison comparison) {
    for (int l = 0; l < layers.size(); l++) {
      comparison.add(host.gradient(l), gradients.get(l));
      comparison.add(host.weights(l), layers.get(l).weights());
    }
  }

  /** Counts what is equal and what is not. */
  private static final class Comparison {
    private long compared;
    private long different;

    void add(short[] logic, short[] golden) {
      compared += golden.length;
      for (int k = 0; k < golden.length; k++) {
        different += logic[k] == golden[k] ? 0 : 1;
      }
    }

    void add(long[] logic, long[] golden) {
      compared += golden.length;
      for (int k = 0; k < golden.length; k++) {
        different += logic[k] == golden[k] ? 0 : 1;
      }
    }

    void add(Saturations.Counts logic, Saturations.Counts golden) {
      compared++;
      different += logic.equals(golden) ? 0 : 1;
    }
  }
}
