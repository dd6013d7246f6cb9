// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lull.Dataset;
import org.lull.Model;
import org.lull.ModelStream;
import org.lull.Training;
import org.lull.network.Mode;

class ActivityRasterTest {
  @TempDir
  Path dir;

  private static float[][] sequence(int steps, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] frames = new float[steps][3];
    for (float[] frame : frames) {
      for (int k = 0; k < 3; k++) {
        frame[k] = (float) random.nextDouble();
      }
    }
    return frames;
  }

  private static Model model(Mode mode) {
    List<float[][]> sequences = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      sequences.add(sequence(5, i));
      labels.add(i % 2 == 0 ? "even" : "odd");
    }
    return Training.builder().layers(2).hidden(10).mode(mode).threshold(0.3f).epochs(1).threads(1).seed(3).build()
        .fit(Dataset.of(sequences, labels)).model();
  }

  @Test
  void holdsWhatTheStreamSays() {
    Model model = model(Mode.DELTA);
    float[][] frames = sequence(20, 9);
    ActivityRaster raster = ActivityRaster.of(model, frames);
    assertThat(raster.bands()).extracting(ActivityRaster.Band::name)
        .containsExactly("layer 1, x", "layer 1, h", "layer 2, x", "layer 2, h");
    assertThat(raster.bands()).extracting(ActivityRaster.Band::entries).containsExactly(3, 10, 10, 10);
    ModelStream stream = model.stream();
    for (int t = 0; t < 20; t++) {
      stream.classify(frames[t]);
      for (int layer = 0; layer < 2; layer++) {
        assertThat(raster.bands().get(2 * layer).fired().get(t)).isEqualTo(stream.fired().get(layer).x());
        assertThat(raster.bands().get(2 * layer + 1).fired().get(t)).isEqualTo(stream.fired().get(layer).h());
      }
    }
    assertThat(raster.operations().total()).isEqualTo(stream.operations().total()).isLessThan(raster.operations().denseTotal());
    double fired = 0;
    for (ActivityRaster.Band band : raster.bands()) {
      assertThat(band.share()).isBetween(0.0, 0.99);
      fired += band.share() * band.entries();
    }
    assertThat(fired).isPositive();
  }

  @Test
  void aDenseModelComputesEverything() {
    ActivityRaster raster = ActivityRaster.of(model(Mode.DENSE), sequence(7, 1));
    assertThat(raster.bands()).allMatch(band -> band.share() == 1);
    assertThat(raster.text(80, false)).allMatch(line -> line.endsWith("#######"));
    assertThat(raster.text(80, true)).allMatch(line -> line.endsWith("\u2588".repeat(7)));
  }

  /** Of eight entries in two rows, the first fires at every frame, and all at the last. */
  @Test
  void cellsAreEmptyOnlyWhereNothingFired() {
    List<BitSet> fired = new ArrayList<>();
    for (int t = 0; t < 10; t++) {
      fired.add(t < 9 ? BitSet.valueOf(new long[] {1}) : BitSet.valueOf(new long[] {255}));
    }
    ActivityRaster raster = new ActivityRaster(List.of(new ActivityRaster.Band("layer 1, x", 8, fired)), 10, null);
    assertThat(raster.text(80, false)).containsExactly("layer 1, x   .........#", " 21 % fired           #");
    assertThat(raster.framesPerColumn(80)).isEqualTo(1);
    assertThat(raster.framesPerColumn(18)).isEqualTo(2);
    assertThat(raster.text(18, false)).containsExactly("layer 1, x   ....*", " 21 % fired      :");
    assertThat(raster.text(18, true)).containsExactly("layer 1, x   \u2591\u2591\u2591\u2591\u2593", " 21 % fired      \u2592");
  }

  @Test
  void everyWidthIsKept() {
    ActivityRaster raster = ActivityRaster.of(model(Mode.DELTA), sequence(333, 2));
    for (int width : new int[] {20, 79, 80, 200, 500}) {
      assertThat(raster.text(width, true)).allMatch(line -> line.length() <= width);
    }
    assertThat(raster.text(1, false)).allMatch(line -> line.length() <= 14); // the margin and one column are always there
  }

  @Test
  void isDrawn() throws Exception {
    Path file = dir.resolve("activity.png");
    Picture.activity("a sequence", ActivityRaster.of(model(Mode.DELTA), sequence(30, 4))).write(file);
    assertThat(Files.readAllBytes(file)).startsWith(0x89, 'P', 'N', 'G');
  }
}
