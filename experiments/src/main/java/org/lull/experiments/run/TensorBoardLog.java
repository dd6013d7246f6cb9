// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.run;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lull.experiments.store.EventFile;
import org.lull.train.EpochRecord;

/**
 * Writes the figures of each epoch for TensorBoard: a folder for each network, {@code tensorboard/dense} and {@code tensorboard/delta} in
 * the directory of the run. The epochs of pretraining are those of both.
 */
public final class TensorBoardLog implements Experiment.Listener {
  private final Path folder;
  private final Map<Phase, EventFile> files = new EnumMap<>(Phase.class);
  private final Networks networks;

  /**
   * @param run directory of the run
   * @param networks which are trained
   */
  public TensorBoardLog(Path run, Networks networks) {
    folder = run.resolve(RunDirectory.TENSORBOARD);
    this.networks = networks;
  }

  @Override
  public void epoch(Phase phase, EpochRecord record, boolean best) {
    List<Phase> written = phase != Phase.PRETRAIN ? List.of(phase)
        : networks.dense() && networks.delta() ? List.of(Phase.DENSE, Phase.DELTA) : List.of(networks.dense() ? Phase.DENSE : Phase.DELTA);
    for (Phase each : written) {
      files.computeIfAbsent(each, network -> EventFile.create(folder.resolve(network.label()))).add(record.epoch(), figures(record));
    }
  }

  /** By their tags; what there is none of is left out. */
  static Map<String, Double> figures(EpochRecord record) {
    Map<String, Double> figures = new TreeMap<>();
    figures.put("loss/train", record.trainLoss());
    figures.put("loss/validation", record.validationLoss());
    figures.put("accuracy/train", record.trainAccuracy());
    figures.put("accuracy/validation", record.validationAccuracy());
    figures.put("learning_rate", record.learningRate());
    figures.put("gradient_norm", record.gradientNorm());
    figures.put("sparsity/x", record.sparsityX());
    figures.put("sparsity/h", record.sparsityH());
    figures.put("operations/saved", 1 - record.macs() / (double) record.denseMacs());
    for (int layer = 0; layer < record.layers().size(); layer++) {
      EpochRecord.Layer of = record.layers().get(layer);
      String name = "/layer" + (layer + 1);
      figures.put("sparsity" + name + "/x", of.sparsityX());
      figures.put("sparsity" + name + "/h", of.sparsityH());
      figures.put("threshold" + name + "/x", of.thresholdX());
      figures.put("threshold" + name + "/h", of.thresholdH());
    }
    figures.values().removeIf(figure -> figure == null || !Double.isFinite(figure));
    return figures;
  }
}
