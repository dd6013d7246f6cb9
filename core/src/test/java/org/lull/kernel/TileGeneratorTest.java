// SPDX-License-Identifier: Apache-2.0
package org.lull.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TileGeneratorTest {
  /** Whoever wants another tile changes the generator and runs it; whoever changes a tile by hand is told here. */
  @Test
  void theTilesAreThoseTheGeneratorWrites() throws IOException {
    Path folder = Path.of("..").resolve(TileGenerator.FOLDER); // tests run in the folder of their module
    assertThat(TileGenerator.files()).hasSize(3);
    for (String name : TileGenerator.files().keySet()) {
      assertThat(folder.resolve(name)).as("java core/src/test/java/org/lull/kernel/TileGenerator.java writes it")
          .hasContent(TileGenerator.files().get(name));
    }
  }

  @Test
  void everyFileOfTilesIsGenerated() throws IOException {
    try (var files = Files.list(Path.of("..").resolve(TileGenerator.FOLDER))) {
      List<String> tiles = files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith("Tiles.java")).sorted().toList();
      assertThat(tiles).containsExactlyElementsOf(TileGenerator.files().keySet());
    }
  }
}
