// SPDX-License-Identifier: Apache-2.0
package org.lull.continual;

import java.util.ArrayList;
import java.util.List;
import org.lull.input.InvalidInputException;
import org.lull.network.Normalisation;
import org.lull.train.Example;

/**
 * Exemplars of the classes learned so far, within a budget of bytes shared evenly: where it is exceeded, the class with the most exemplars
 * (of equals, the first) loses its last one. So those of a class stand in the order of their worth. One thread at a time.
 */
public final class ExemplarMemory {
  private final Normalisation normalisation;
  private final long budget;
  private final List<List<Exemplar>> classes = new ArrayList<>();
  private long bytes;

  /**
   * @param normalisation of the model that learns, by which exemplars are quantised; it must stay the same
   * @param budget in bytes, as {@link Exemplar#bytes} counts; 0 for no memory
   */
  public ExemplarMemory(Normalisation normalisation, long budget) {
    if (budget < 0) {
      throw new InvalidInputException("exemplar memory: " + budget + " bytes, expected 0 or more");
    }
    this.normalisation = normalisation;
    this.budget = budget;
  }

  /** The budget for a share, 0 to 1, of examples. */
  public static long share(double share, List<Example> examples) {
    return Math.round(share * examples.stream().mapToLong(example -> Exemplar.bytes(example.steps(), example.channels())).sum());
  }

  public long budget() {
    return budget;
  }

  /** Bytes taken. */
  public long bytes() {
    return bytes;
  }

  /** Exemplars there are. */
  public int size() {
    return classes.stream().mapToInt(List::size).sum();
  }

  /** Those of a class, the one of most worth first; empty for a class that has none. */
  public List<Exemplar> of(int label) {
    return label < classes.size() ? List.copyOf(classes.get(label)) : List.of();
  }

  /** All, class by class. */
  public List<Exemplar> exemplars() {
    return classes.stream().flatMap(List::stream).toList();
  }

  /** All as examples to learn from, class by class. */
  public List<Example> examples() {
    return classes.stream().flatMap(List::stream).map(exemplar -> exemplar.example(normalisation)).toList();
  }

  /**
   * Puts examples in the place of a class's exemplars.
   *
   * @param ranked of that class, the one of most worth first
   */
  public void replace(int label, List<Example> ranked) {
    List<Exemplar> before = madeFor(label);
    before.forEach(exemplar -> bytes -= exemplar.bytes());
    before.clear();
    ranked.forEach(example -> put(Exemplar.of(example, normalisation)));
    trim();
  }

  /** Adds an exemplar as the last of its class, so that it is the first to go; such as one read from a file. */
  public void add(Exemplar exemplar) {
    put(exemplar);
    trim();
  }

  /** Adds an exemplar as the first of its class: what was learned last is what is known best of how the class is now. */
  void addFirst(Exemplar exemplar) {
    madeFor(exemplar.label()).addFirst(exemplar);
    bytes += exemplar.bytes();
    trim();
  }

  /** Whether so many classes have an exemplar each. */
  boolean hasAll(int count) {
    return classes.size() >= count && classes.stream().limit(count).noneMatch(List::isEmpty);
  }

  /** A memory of its own with the same exemplars. */
  ExemplarMemory copy() {
    ExemplarMemory copy = new ExemplarMemory(normalisation, budget);
    exemplars().forEach(copy::put);
    return copy;
  }

  /** Forgets a class; those after it move up by one, as its output leaves the network. */
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
