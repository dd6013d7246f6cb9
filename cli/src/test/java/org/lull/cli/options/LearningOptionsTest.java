package org.lull.cli.options;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.lull.train.Augmentation;
import org.lull.train.TrainingOptions;
import picocli.CommandLine;

class LearningOptionsTest {
  private static TrainingOptions parsed(boolean sound, String... options) {
    return CommandLine.populateCommand(new LearningOptions(), options).options(sound, TrainingOptions.defaults().threads());
  }

  @Test
  void theCommandLineAndTheLibraryHaveTheSameDefaults() {
    assertThat(parsed(false)).isEqualTo(TrainingOptions.defaults());
  }

  @Test
  void onlySoundIsAugmentedAndOnlyWhereAllowed() {
    assertThat(parsed(true).augmentation()).isEqualTo(Augmentation.speech());
    assertThat(parsed(false).augmentation()).isEqualTo(Augmentation.none());
    assertThat(parsed(true, "--no-augment").augmentation()).isEqualTo(Augmentation.none());
  }
}
