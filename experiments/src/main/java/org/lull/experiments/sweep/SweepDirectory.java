// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import org.lull.Model;
import org.lull.Pretrained;
import org.lull.experiments.run.RunDirectory;
import org.lull.experiments.run.RunResult;
import org.lull.experiments.store.Store;
import org.lull.input.InvalidInputException;
import org.lull.network.Provenance;
import org.lull.train.Checkpoints;
import org.lull.train.EpochRecord;

/**
 * The directory of a sweep. {@value #SWEEP} has its identity, {@value #POINTS} the run directory of each finished point, and
 * {@value #PRETRAINED} the pretrained dense networks that points begin with. It is a view of a {@link Store}, and locked while it is open.
 */
public final class SweepDirectory implements AutoCloseable {
  public static final String SWEEP = "sweep.json";
  public static final String RESULTS = "results.json";
  public static final String CSV = "sweep.csv";
  public static final String PARETO = "pareto.png";
  public static final String POINT = "point.json";

  private static final String FAILURES = "failures.json";
  private static final String POINTS = "points";
  private static final String PRETRAINED = "pretrained";
  private static final String EPOCHS = "epochs.json";
  private static final String CHECKPOINTS = "checkpoints";

  private final Store store;

  /**
   * What is particular to a point, in its {@value SweepDirectory#POINT}.
   *
   * @param network dense or delta
   * @param options all that decide what it became
   * @param timed whether its training steps were timed while nothing else ran
   */
  public record PointFile(String network, SortedMap<String, String> options, boolean timed) {}

  /** The epochs of a dense phase, in its {@value SweepDirectory#EPOCHS}. */
  private record Epochs(List<EpochRecord> epochs) {}

  private SweepDirectory(Store store) {
    this.store = store;
  }

  /**
   * Opens a directory, and creates it if it does not exist.
   *
   * @throws InvalidInputException if that cannot be, or it holds something else, or another sweep has it open
   */
  public static SweepDirectory open(Path dir) {
    return new SweepDirectory(Store.open(dir, "sweep", SWEEP));
  }

  /** What the sweep that was begun here is of. */
  public Optional<SweepIdentity> identity() {
    return store.read(SWEEP, SweepIdentity.class);
  }

  /** Files beside those of the sweep. */
  public Store store() {
    return store;
  }

  /** Begins a sweep here, or goes on with it where it has begun; what was left unfinished is removed. */
  public void begin(SweepIdentity sweep) {
    identity().ifPresentOrElse(there -> there.requireSame(sweep, store.path().toString()), () -> store.writeJson(SWEEP, sweep));
    store.makeFolders();
    store.makeFolder(POINTS);
  }

  /** A new run directory for the point. */
  RunDirectory train(Point point, PointFile file) {
    RunDirectory run = RunDirectory.create(store.unfinished(point.name()));
    Store.of(run.path()).writeJson(POINT, file);
    return run;
  }

  /** Takes a point as finished. */
  void finished(Point point) {
    store.finish(place(point));
    discardCheckpoints(point);
  }

  /** Checkpoints of a point that is not finished: the next sweep here goes on from them. */
  Checkpoints checkpoints(Point point) {
    return Checkpoints.in(store.resolve(CHECKPOINTS + "/" + point.name()));
  }

  void discardCheckpoints(Point point) {
    store.discard(CHECKPOINTS + "/" + point.name());
  }

  /** Checkpoints of a dense phase that is not finished. */
  Checkpoints checkpoints(Provenance pretraining) {
    return Checkpoints.in(store.resolve(CHECKPOINTS + "/" + name(pretraining)));
  }

  /** Notes why points have no result, in place of what was noted before, by their names. */
  void failed(Map<String, String> reasons) {
    if (!reasons.isEmpty() || store.has(FAILURES)) {
      store.writeJson(FAILURES, reasons);
    }
  }

  /** What was noted. */
  public Map<String, String> failures() {
    Map<String, String> reasons = new HashMap<>();
    store.read(FAILURES, JsonNode.class).ifPresent(noted -> noted.properties().forEach(
        reason -> reasons.put(reason.getKey(), reason.getValue().asText())));
    return reasons;
  }

  /** Whether a dense phase has been kept. */
  boolean keeps(Provenance pretraining) {
    return store.has(place(pretraining));
  }

  /**
   * Keeps what a dense phase came to, for points that are still to begin with it when a sweep that was cut off goes on.
   *
   * @param start its model has the provenance that tells it from others
   */
  void keep(Pretrained start) {
    Provenance provenance = start.model().provenance();
    String place = place(provenance);
    Store made = Store.of(store.unfinished(name(provenance)));
    made.makeFolder("");
    made.writeModel(RunDirectory.MODEL, start.model());
    made.writeJson(EPOCHS, new Epochs(start.epochs()));
    store.finish(place);
    store.discard(CHECKPOINTS + "/" + name(provenance));
  }

  /** @throws InvalidInputException if what is kept is damaged, or is something else */
  Pretrained start(Provenance pretraining) {
    Store kept = Store.of(store.resolve(place(pretraining)));
    Model model = kept.readModel(RunDirectory.MODEL);
    if (!model.provenance().equals(pretraining)) {
      throw new InvalidInputException(kept.path() + " holds another model than its name says");
    }
    List<EpochRecord> epochs = kept.readJson(EPOCHS, Epochs.class).epochs;
    if (epochs == null || epochs.isEmpty() || !epochs.stream().allMatch(epoch -> epoch != null && epoch.macs() > 0)) {
      throw new InvalidInputException(kept.resolve(EPOCHS) + " is damaged: epochs are missing");
    }
    return new Pretrained(model, epochs);
  }

  private static String name(Provenance pretraining) {
    return UUID.nameUUIDFromBytes(pretraining.toString().getBytes(StandardCharsets.UTF_8)).toString();
  }

  private static String place(Provenance pretraining) {
    return PRETRAINED + "/" + name(pretraining);
  }

  private static String place(Point point) {
    return POINTS + "/" + point.name();
  }

  public boolean isFinished(Point point) {
    return store.has(place(point) + "/" + RunDirectory.RESULT);
  }

  /** The result of a finished point. */
  public RunResult result(Point point) {
    try {
      return store.readJson(place(point) + "/" + RunDirectory.RESULT, RunResult.class);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(e.getMessage() + "; remove " + store.resolve(place(point)) + " to have it trained again", e);
    }
  }

  /** The network of a finished point. */
  public Model model(Point point) {
    return store.readModel(place(point) + "/" + RunDirectory.MODEL);
  }

  PointFile file(Point point) {
    return store.readJson(place(point) + "/" + POINT, PointFile.class);
  }

  @Override
  public void close() {
    store.close();
  }
}
