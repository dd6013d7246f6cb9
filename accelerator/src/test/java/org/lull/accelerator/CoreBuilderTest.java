// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Which machines can build the logic; that it is built, and works, is CosimulationTest's. */
class CoreBuilderTest {
  private static final String GOOD = "Verilator 5.006 2023-01-22 rev (Debian 5.006-3)";

  @Test
  void whatAMachineLacksIsSaid() {
    assertThat(CoreBuilder.lacking("Linux", tool -> true, () -> GOOD)).isEmpty();
    assertThat(CoreBuilder.lacking("Linux", tool -> true, () -> "Verilator 10.1 2030-01-01")).isEmpty();
    assertThat(CoreBuilder.lacking("Linux", tool -> !tool.equals("g++"), () -> GOOD).orElseThrow()).contains("no g++", "apt-get");
    assertThat(CoreBuilder.lacking("Mac OS X", tool -> true, () -> GOOD).orElseThrow()).contains("Linux", "Mac OS X");
    assertThat(CoreBuilder.lacking("Linux", tool -> true, () -> "Verilator 4.038 2020").orElseThrow()).contains("4.038", "5 or newer");
    assertThat(CoreBuilder.lacking("Linux", tool -> true, () -> "").orElseThrow()).contains("5 or newer");
  }

  @Test
  void whatIsNotToBeKeptIsDeleted() {
    Logic.onlyWhereItCanBeBuilt();
    Path program;
    try (CoreBuilder builder = new CoreBuilder(null, line -> assertThat(line).doesNotContain("kept"))) {
      program = builder.program();
      assertThat(program).isExecutable().isEqualTo(builder.program());
    }
    assertThat(program.getParent()).doesNotExist();
  }
}
