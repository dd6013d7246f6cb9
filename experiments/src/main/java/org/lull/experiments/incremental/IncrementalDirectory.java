// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.incremental;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import org.lull.Model;
import org.lull.experiments.store.Advice;
import org.lull.experiments.store.Store;
import org.lull.input.InvalidInputException;
import org.lull.network.Mode;
import org.lull.train.Checkpoints;

/**
 * The directory of experiments in class-incremental learning. {@value #FILE} has what they have in common, {@value #STARTS} the networks
 * after the first task, and {@value #POINTS} a file for each finished experiment. So a run that was interrupted continues, and other
 * methods can be added later. It is a view of a {@link Store}, and locked while it is open.
 */
public final class IncrementalDirectory implements AutoCloseable {
  public static final String FILE = "incremental.json";
  public static final String RESULTS = "results.json";
  public static final String PICTURE = "incremental.png";

  private static final String STARTS = "starts";
  private static final String POINTS = "points";
  private static final String CHECKPOINTS = "checkpoints";

  private final Store store;

  /**
   * What the experiments have in common.
   *
   * @param split the examples accuracy is measured on
   */
  public record Common(String data, String dataHash, String split, SortedMap<String, String> options) {}

  /** One order of the classes, learned in one way by one network. */
  public record Point(int order, Mode mode, Trial trial) {
    String name() {
      return "order=" + order + "," + mode.name().toLowerCase(Locale.ROOT) + "," + trial.name();
    }
  }

  /** A finished one, as its file has it. */
  public record Finished(Point point, Incremental result) {}

  private IncrementalDirectory(Store store) {
    this.store = store;
  }

  /** Opens a directory, and creates it if it does not exist, for experiments that have this in common. */
  public static IncrementalDirectory open(Path dir, Common common) {
    IncrementalDirectory directory = new IncrementalDirectory(Store.open(dir, "incremental experiment", FILE));
    try {
      directory.begin(common);
      return directory;
    } catch (RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  private void begin(Common common) {
    store.read(FILE, Common.class).filter(there -> !there.equals(common)).ifPresent(there -> {
      throw new InvalidInputException(store.path() + " holds other experiments: " + there + ", here " + common + "; " + Advice.OUT);
    });
    store.makeFolder(STARTS);
    store.makeFolder(POINTS);
    store.writeJson(FILE, common);
  }

  /** Files beside those of the experiments. */
  public Store store() {
    return store;
  }

  private static String start(int order, Mode mode) {
    return STARTS + "/order=" + order + "," + mode.name().toLowerCase(Locale.ROOT) + ".safetensors";
  }

  boolean hasStart(int order, Mode mode) {
    return store.has(start(order, mode));
  }

  Model readStart(int order, Mode mode) {
    return store.readModel(start(order, mode));
  }

  void writeStart(int order, Model model) {
    store.writeModel(start(order, model.mode()), model);
  }

  /** Checkpoints of a training that is not finished, which the next command here goes on with. */
  Checkpoints checkpoints(String training) {
    return Checkpoints.in(store.resolve(CHECKPOINTS + "/" + training));
  }

  /** Removes them when the training is over. */
  void discardCheckpoints(String training) {
    store.discard(CHECKPOINTS + "/" + training);
  }

  private static String file(Point point) {
    return POINTS + "/" + point.name() + ".json";
  }

  boolean isFinished(Point point) {
    return store.has(file(point));
  }

  void finished(Point point, Incremental result) {
    store.writeJson(file(point), new Finished(point, result));
  }

  /** All that are finished, by whatever command, in the order of their names. */
  public List<Finished> all() {
    return store.names(POINTS, ".json").stream().map(name -> store.readJson(POINTS + "/" + name, Finished.class)).toList();
  }

  @Override
  public void close() {
    store.close();
  }
}
