// SPDX-License-Identifier: Apache-2.0
package org.lull.train;

import com.fasterxml.jackson.core.type.TypeReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.lull.cost.OperationCounts;
import org.lull.input.InvalidInputException;
import org.lull.io.Safetensors.Tensor;
import org.lull.network.Network;

/**
 * The checkpoint of a training whose steps are taken one by one ({@link Trainer#step}), as {@link FitState} is that of {@link Trainer#fit}.
 * If the steps that follow are the same, a training that goes on from it ends with the same bytes as without an interruption.
 */
public final class StepCheckpoint {
  private final Network network;
  private final BatchGradient batchGradient;
  private final Optimiser.State optimiser;
  private final Checkpoint checkpoint;

  StepCheckpoint(Network network, BatchGradient batchGradient, Optimiser.State optimiser, Checkpoint checkpoint) {
    this.network = network;
    this.batchGradient = batchGradient;
    this.optimiser = optimiser;
    this.checkpoint = checkpoint;
  }

  /**
   * Where the training stands.
   *
   * @param epochs number of epochs that ended
   * @param position index in the order of the epoch of the first example of the next step
   * @param otherOperations operations that were counted outside the steps, as {@link OperationCounts#state}
   */
  public record Place(int epochs, int position, long[][] otherOperations) {}

  /** As it is in JSON. */
  private record Progress(Place place, int optimizerSteps, double sparsity, long[][] operations) {}

  /**
   * Goes on from the checkpoint: the trainer and its network are then as they were.
   *
   * @param epochs of the training
   * @param examples of an epoch
   * @return null if there is no checkpoint
   * @throws InvalidInputException if there is no whole one, or it is of another training
   */
  public Place restore(int epochs, int examples) {
    Checkpoint.Saved saved = checkpoint.read();
    if (saved == null) {
      return null;
    }
    Progress p = saved.json("progress", new TypeReference<>() {});
    FitState.requireFinite(saved);
    Place place = p.place;
    if (place == null || place.epochs < 0 || place.epochs > epochs || place.position < 0 || place.position > examples
        || place.otherOperations == null || p.operations == null || p.optimizerSteps < 0) {
      throw saved.bad("the place in the training that it describes is none of this training", null);
    }
    try {
      FitState.restoreNetwork(FitState.MODEL, network, saved.contents());
      FitState.restoreOptimiser(optimiser, network, saved.contents());
      OperationCounts counts = network.operationCounts();
      counts.restore(place.otherOperations); // only to see that they fit
      counts.restore(p.operations);
      batchGradient.restore(counts, p.sparsity);
    } catch (InvalidInputException e) {
      throw saved.bad(e.getMessage(), e);
    }
    optimiser.setSteps(p.optimizerSteps);
    return place;
  }

  /** Whether a checkpoint is due after one more step. */
  public boolean dueAfterStep() {
    return checkpoint.dueAfterStep();
  }

  /** Whether one is due after an epoch. */
  public boolean dueAfterEpoch() {
    return checkpoint.dueAfterEpoch();
  }

  /** Writes the checkpoint. If that fails, there is a warning, and the one before is kept. */
  public void save(Place place) {
    List<Tensor> tensors = new ArrayList<>();
    FitState.addNetwork(FitState.MODEL, network, tensors);
    FitState.addOptimiser(optimiser, network, tensors);
    checkpoint.write(tensors, Map.of("progress",
        new Progress(place, optimiser.steps(), batchGradient.sparsity(), batchGradient.operations().state())));
  }
}
