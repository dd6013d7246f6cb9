package org.lull.train;

import org.lull.input.InvalidInputException;

/**
 * How to train.
 *
 * @param epochs times through the training examples, at most
 * @param batch examples a step
 * @param optimizer adamw or sgd
 * @param learningRate after the warm-up
 * @param schedule how the rate moves then
 * @param clip largest norm of the gradient of a step; longer ones are shortened to it
 * @param warmup epochs (or a part of one) of linear warm-up of the learning rate
 * @param weightDecay decoupled: a step takes learningRate * weightDecay of each parameter away
 * @param patience epochs without a better validation accuracy after which to stop
 * @param deltaPenalty strength of the penalty on what hidden units transmit ({@code DeltaPenalty}); 0 for none, of no meaning in dense mode
 * @param augmentation of the training examples
 * @param seed of shuffling and augmentation
 * @param threads that compute; the result does not depend on it
 */
public record TrainingOptions(int epochs, int batch, String optimizer, double learningRate, LearningRate.Shape schedule, double warmup,
    double weightDecay, double clip, int patience, double deltaPenalty, Augmentation augmentation, long seed, int threads) {

  public TrainingOptions {
    require(epochs >= 1 && epochs <= 1_000_000, "epochs", epochs, "1 to 1000000");
    require(batch >= 1 && batch <= 1 << 16, "batch", batch, "1 to 65536");
    Optimizer.named(optimizer, 0, weightDecay); // refuses a name that is none
    require(learningRate > 0 && learningRate < 1e3, "learning rate", learningRate, "above 0 and below 1000");
    require(warmup >= 0 && warmup < 1e6, "warm-up", warmup, "0 epochs or more and below 1000000");
    require(weightDecay >= 0 && weightDecay < 1e3, "weight decay", weightDecay, "0 or more and below 1000");
    require(clip > 0, "clip", clip, "a gradient norm above 0 (a huge one switches clipping off)");
    require(patience >= 1, "patience", patience, "1 epoch or more");
    require(deltaPenalty >= 0 && deltaPenalty < 1e3, "delta penalty", deltaPenalty, "0 or more and below 1000, such as 0.02");
    require(threads >= 1 && threads <= 1024, "threads", threads, "1 to 1024");
  }

  /** Without a penalty. */
  public TrainingOptions(int epochs, int batch, String optimizer, double learningRate, LearningRate.Shape schedule, double warmup,
      double weightDecay, double clip, int patience, Augmentation augmentation, long seed, int threads) {
    this(epochs, batch, optimizer, learningRate, schedule, warmup, weightDecay, clip, patience, 0, augmentation, seed, threads);
  }

  private static void require(boolean ok, String what, Number value, String expected) {
    if (!ok) {
      throw new InvalidInputException(what + ": " + value + ", expected " + expected);
    }
  }

  /** What the command line trains with unless told otherwise. */
  public static TrainingOptions defaults() {
    return new TrainingOptions(40, 32, "adamw", 5e-3, LearningRate.Shape.COSINE, 1, 0.01, 1, Integer.MAX_VALUE, Augmentation.SPEECH, 1,
        Runtime.getRuntime().availableProcessors());
  }

  public TrainingOptions withEpochs(int value) {
    return new TrainingOptions(value, batch, optimizer, learningRate, schedule, warmup, weightDecay, clip, patience,
        deltaPenalty, augmentation, seed, threads);
  }

  public TrainingOptions withLearningRate(double value) {
    return new TrainingOptions(epochs, batch, optimizer, value, schedule, warmup, weightDecay, clip, patience, deltaPenalty, augmentation,
        seed, threads);
  }

  public TrainingOptions withThreads(int value) {
    return new TrainingOptions(epochs, batch, optimizer, learningRate, schedule, warmup, weightDecay, clip, patience,
        deltaPenalty, augmentation, seed, value);
  }

  public TrainingOptions withDeltaPenalty(double value) {
    return new TrainingOptions(epochs, batch, optimizer, learningRate, schedule, warmup, weightDecay, clip, patience, value, augmentation,
        seed, threads);
  }
}
