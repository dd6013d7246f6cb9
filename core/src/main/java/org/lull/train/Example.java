package org.lull.train;

import org.lull.input.InvalidInputException;
import org.lull.network.Normalisation;
import org.lull.network.Sequence;

/**
 * One labelled sequence of feature vectors, as the front end made it (not normalised).
 *
 * @param id where it comes from, for messages: a path, or the coordinates of a synthetic utterance
 * @param frames [steps][channels], row after row
 * @param steps how many timesteps, at least 1
 * @param channels how many values a timestep has
 * @param label index into {@link Dataset#labels()}
 */
public record Example(String id, float[] frames, int steps, int channels, int label) {
  public Example {
    if (steps < 1 || channels < 1 || frames.length != steps * channels) {
      throw new IllegalArgumentException(
          id + ": " + frames.length + " values are not " + steps + " steps of " + channels + " channels");
    }
  }

  /**
   * The input of a network.
   *
   * @throws InvalidInputException where a normalised value is out of bounds, which names the example
   */
  public Sequence normalised(Normalisation normalisation) {
    try {
      return normalisation.sequence(frames, steps);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(id + ": " + e.getMessage(), e);
    }
  }
}
