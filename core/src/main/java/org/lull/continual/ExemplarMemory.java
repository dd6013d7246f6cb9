// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.util.ArrayList;
import java.util.List;
import org.lull.input.InvalidInputException;
import org.lull.network.NetworkSpec;
import org.lull.network.Normalisation;
import org.lull.train.Example;

/**
 * The exemplars of all classes, within a budget of bytes that the classes share evenly. If the budget is exceeded, the class with the most
 * exemplars (the first of them, if equal) loses its last exemplar. So the exemplars of a class are sorted, most valuable first. Only one
 * thread may use it at a time.
 */
public final class ExemplarMemory {
  private final Normalisation normalisation;
  private final long budget;
  private final List<List<Exemplar>> classes = new ArrayList<>();
  private long bytes;

  /**
   * @param normalisation statistics of the model that learns; exemplars are quantised by them, so they must not change
   * @param budget in bytes, as {@link Exemplar#bytes} counts; 0 for no memory
   */
  public ExemplarMemory(Normalisation normalisation, long budget) {
    if (budget < 0) {
      throw new InvalidInputException("exemplar memory: " + budget + " bytes, expected 0 or more");
    }
    this.normalisation = normalisation;
    this.budget = budget;
  }

  /**
   * The budget in bytes that keeps a share, 0 to 1, of these examples.
   *
   * @throws InvalidInputException if the share is out of range
   */
  public static long share(double share, List<Example> examples) {
    if (!(share >= 0 && share <= 1)) {
      throw new InvalidInputException("a share of " + share + " of the examples, expected 0 to 1");
    }
    return Math.round(share * examples.stream().mapToLong(example -> Exemplar.bytes(example.steps(), example.channels())).sum());
  }

  public long budget() {
    return budget;
  }

  /** Bytes in use. */
  public long bytes() {
    return bytes;
  }

  /** Number of exemplars. */
  public int size() {
    return classes.stream().mapToInt(List::size).sum();
  }

  /** The exemplars of a class, most valuable first; empty if the class has none. */
  public List<Exemplar> of(int label) {
    return label < classes.size() ? List.copyOf(classes.get(label)) : List.of();
  }

  /** All exemplars, class by class. */
  public List<Exemplar> exemplars() {
    return classes.stream().flatMap(List::stream).toList();
  }

  /** All exemplars, restored to examples for training, class by class. */
  public List<Example> examples() {
    return classes.stream().flatMap(List::stream).map(exemplar -> exemplar.example(normalisation)).toList();
  }

  /**
   * Replaces the exemplars of a class.
   *
   * @param ranked examples of the class, most valuable first
   */
  public void replace(int label, List<Example> ranked) {
    List<Exemplar> before = madeFor(label);
    before.forEach(exemplar -> bytes -= exemplar.bytes());
    before.clear();
    ranked.forEach(example -> put(Exemplar.of(example, normalisation)));
    trim();
  }

  /**
   * Adds an exemplar as the last of its class, for example one read from a file. The last is the first to be removed.
   *
   * @throws InvalidInputException if it has other channels than the normalisation, or no class
   */
  public void add(Exemplar exemplar) {
    if (exemplar.label() < 0 || exemplar.label() >= NetworkSpec.LARGEST
        || exemplar.raw().length != (long) exemplar.steps() * normalisation.channels()) {
      throw new InvalidInputException("exemplar " + exemplar + ", expected a class from 0 on and " + normalisation.channels()
          + " channels");
    }
    put(exemplar);
    trim();
  }

  /** Adds an exemplar as the first of its class: the newest example shows best how the class is now. */
  void addFirst(Exemplar exemplar) {
    madeFor(exemplar.label()).addFirst(exemplar);
    bytes += exemplar.bytes();
    trim();
  }

  /** Whether each of the first {@code count} classes has an exemplar. */
  boolean hasAll(int count) {
    return classes.size() >= count && classes.stream().limit(count).noneMatch(List::isEmpty);
  }

  /** An independent memory with the same exemplars. */
  ExemplarMemory copy() {
    ExemplarMemory copy = new ExemplarMemory(normalisation, budget);
    exemplars().forEach(copy::put);
    return copy;
  }

  /** Removes a class. The labels of the classes after it decrease by one, as its output leaves the network. */
  public void forget(int label) {
    if (label >= classes.size()) {
      return;
    }
    classes.remove(label).forEach(exemplar -> bytes -= exemplar.bytes());
    for (int k = label; k < classes.size(); k++) {
      int moved = k;
      classes.get(k).replaceAll(exemplar -> exemplar.withLabel(moved));
    }
  }

  private void put(Exemplar exemplar) {
    madeFor(exemplar.label()).add(exemplar);
    bytes += exemplar.bytes();
  }

  private List<Exemplar> madeFor(int label) {
    while (classes.size() <= label) {
      classes.add(new ArrayList<>());
    }
    return classes.get(label);
  }

  private void trim() {
    while (bytes > budget) {
      List<Exemplar> largest = classes.getFirst();
      for (List<Exemplar> each : classes) {
        largest = each.size() > largest.size() ? each : largest;
      }
      bytes -= largest.removeLast().bytes();
    }
  }
}
