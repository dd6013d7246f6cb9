// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lull.experiments.run.RunConfig;
import org.lull.input.InvalidInputException;
import picocli.CommandLine;

class RunOptionsTest {
  private static RunConfig parsed(String... options) {
    return CommandLine.populateCommand(new RunOptions(), options).config();
  }

  @Test
  void theCommandLineAndTheLibraryHaveTheSameDefaults() {
    assertThat(parsed()).isEqualTo(RunConfig.defaults());
  }

  @Test
  void everyPartOfAConfigurationIsAnOption() {
    CommandLine options = new CommandLine(new RunOptions());
    assertThat(options.getCommandSpec().options().stream().map(option -> option.longestName().substring(2)))
        .containsExactlyInAnyOrderElementsOf(RunConfig.names());
  }

  @Test
  void optionsFillInTheConfiguration() {
    assertThat(parsed("--hidden", "8", "--no-augment", "--threshold-x", "0.5,0.25", "--patience", "3", "--numeric", "fixed16"))
        .isEqualTo(RunConfig.defaults().with("hidden", "8").with("augment", "false").with("threshold-x", "0.5:0.25").with("patience", "3")
            .with("numeric", "fixed16"));
    assertThat(parsed("--threshold-h", "0.1,0.2").delta().thresholdH()).isEqualTo(List.of(0.1f, 0.2f));
  }

  @Test
  void whatIsNoneOfItsKindIsRefused() {
    assertThatThrownBy(() -> parsed("--cell", "tree")).isInstanceOf(InvalidInputException.class).hasMessageContaining("tree");
  }
}
