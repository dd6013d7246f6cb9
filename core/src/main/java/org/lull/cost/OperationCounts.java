// SPDX-License-Identifier: Apache-2.0
package org.lull.cost;

import java.util.Iterator;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.lull.input.InvalidInputException;

/** The {@link OperationCount} of each layer of a network, the first layer first, and their sums. */
public final class OperationCounts implements Iterable<OperationCount> {
  private final List<OperationCount> layers;

  public OperationCounts(List<OperationCount> layers) {
    this.layers = List.copyOf(layers);
  }

  /** The count of a layer; 0 is the first layer. */
  public OperationCount layer(int layer) {
    return layers.get(layer);
  }

  /** Number of layers. */
  public int size() {
    return layers.size();
  }

  @Override
  public Iterator<OperationCount> iterator() {
    return layers.iterator();
  }

  public Stream<OperationCount> stream() {
    return layers.stream();
  }

  /** Adds other counts of the same network. */
  public void add(OperationCounts other) {
    for (int layer = 0; layer < layers.size(); layer++) {
      layers.get(layer).add(other.layers.get(layer));
    }
  }

  /** What was counted, [layers][], for a checkpoint; {@link #restore} takes it back. */
  public long[][] state() {
    return layers.stream().map(OperationCount::state).toArray(long[][]::new);
  }

  /**
   * Replaces what was counted by a {@link #state} of the same network.
   *
   * @throws InvalidInputException if it is none
   */
  public void restore(long[][] state) {
    if (state.length != layers.size()) {
      throw new InvalidInputException("operation counts of " + state.length + " layers, expected " + layers.size());
    }
    for (int layer = 0; layer < state.length; layer++) {
      layers.get(layer).restore(state[layer]);
    }
  }

  /** Sets all counts to 0. */
  public void reset() {
    layers.forEach(OperationCount::reset);
  }

  /** Sum of one figure over the layers. */
  public long sum(ToLongFunction<OperationCount> figure) {
    return layers.stream().mapToLong(figure).sum();
  }

  /** Multiply-adds of the three products. */
  public long total() {
    return sum(OperationCount::total);
  }

  /** Multiply-adds of the three products of the dense network. */
  public long denseTotal() {
    return sum(OperationCount::denseTotal);
  }

  /** Multiply-adds of the three products as {@link OperationCount#paperTotal} counts them. */
  public long paperTotal() {
    return sum(OperationCount::paperTotal);
  }

  /** Multiply-adds of the dense network as {@link OperationCount#paperDenseTotal} counts them. */
  public long paperDenseTotal() {
    return sum(OperationCount::paperDenseTotal);
  }

  /** Share of entries of x that did not fire, 0 to 1. */
  public double sparsityX() {
    return OperationCount.sparsity(sum(OperationCount::activeX), sum(OperationCount::entriesX));
  }

  /** Share of entries of h that did not fire, 0 to 1. */
  public double sparsityH() {
    return OperationCount.sparsity(sum(OperationCount::activeH), sum(OperationCount::entriesH));
  }

  /** Share of entries of x and h that did not fire, 0 to 1. */
  public double sparsity() {
    return OperationCount.sparsity(sum(OperationCount::active), sum(OperationCount::entries));
  }
}
