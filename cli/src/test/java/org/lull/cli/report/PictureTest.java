// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lull.cli.report.Picture.Place;
import org.lull.input.InvalidInputException;
import org.lull.train.EpochRecord;

class PictureTest {
  @TempDir
  Path dir;

  private BufferedImage drawn(Picture picture) throws IOException {
    Path file = dir.resolve("picture.png");
    picture.write(file);
    return ImageIO.read(file.toFile());
  }

  private static List<EpochRecord> epochs(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(epoch -> new EpochRecord(epoch, 0, 0, 0.0, 0.0, 1 - 1.0 / epoch, 0, 0.8, 0.9, 1, 1, List.of()))
        .toList();
  }

  /** Whether the colour occurs, exactly. */
  private static boolean shows(BufferedImage image, int rgb) {
    return IntStream.range(0, image.getHeight()).anyMatch(y -> IntStream.range(0, image.getWidth()).anyMatch(
        x -> (image.getRGB(x, y) & 0xFFFFFF) == rgb));
  }

  @Test
  void curvesHaveALineForWhatWasTrained() throws IOException {
    int denseGrey = 0x888888;
    int deltaBlue = 0x1F6FB4;
    BufferedImage both = drawn(Picture.curves(epochs(400), epochs(400)));
    assertThat(shows(both, denseGrey)).isTrue();
    assertThat(shows(both, deltaBlue)).isTrue();
    BufferedImage denseOnly = drawn(Picture.curves(epochs(1), List.of()));
    assertThat(shows(denseOnly, denseGrey)).isTrue();
    assertThat(shows(denseOnly, deltaBlue)).isFalse();
    assertThat(denseOnly.getWidth()).as("accuracy alone").isLessThan(both.getWidth());
  }

  @Test
  void confusionHasRoomForLongLabels() throws IOException {
    List<String> labels = IntStream.range(0, 31).mapToObj(k -> "change language|none " + k).toList();
    int[][] confusion = new int[31][31];
    for (int k = 0; k < 31; k++) {
      confusion[k][k] = k; // the first class has no example
      confusion[k][(k + 3) % 31] = k / 3;
    }
    BufferedImage image = drawn(Picture.confusion(labels, confusion));
    assertThat(image.getWidth()).isBetween(1000, 2000);
  }

  @Test
  void theParetoFrontIsALineThroughItsPlaces() throws IOException {
    List<Place> places = List.of(new Place(5e9, 0.9, 0.01), new Place(1e9, 0.8, 0));
    BufferedImage withFront = drawn(Picture.pareto(Map.of("cell=gru", places), places, false));
    BufferedImage without = drawn(Picture.pareto(Map.of("cell=gru", places), List.of(), true));
    assertThat(greys(withFront)).isGreaterThan(greys(without) + 100);
    assertThat(drawn(Picture.pareto(Map.of(), List.of(), false)).getWidth()).as("nothing has a place").isPositive();
  }

  /** Pixels of the line's grey, which edges of letters have too. */
  private static long greys(BufferedImage image) {
    return IntStream.range(0, image.getHeight())
        .mapToLong(y -> IntStream.range(0, image.getWidth()).filter(x -> (image.getRGB(x, y) & 0xFFFFFF) == 0x888888).count()).sum();
  }

  @Test
  void refusesAPlaceThatIsNone() {
    assertThatThrownBy(() -> Picture.curves(epochs(2), epochs(2)).write(dir.resolve("absent/picture.png")))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining(dir.resolve("absent").toString());
  }
}
