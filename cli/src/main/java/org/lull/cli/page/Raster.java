// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.page;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import javax.imageio.ImageIO;

/** Small pictures, a pixel for each channel and timestep, as text that a page can hold. */
final class Raster {
  /** From dark to light, in this order also for who sees no colours. */
  private static final int[][] SPECTRUM = {{20, 11, 52}, {85, 15, 109}, {159, 42, 99}, {220, 80, 57}, {250, 150, 40}, {252, 240, 160}};
  private static final int SHADES = 256;

  private Raster() {}

  /** What fired: a column for each timestep, entry 0 on top; what did not fire is transparent. */
  static String fired(List<BitSet> steps, int entries, java.awt.Color colour) {
    IndexColorModel palette = new IndexColorModel(1, 2, new byte[] {0, (byte) colour.getRed()}, new byte[] {0, (byte) colour.getGreen()},
        new byte[] {0, (byte) colour.getBlue()}, new byte[] {0, (byte) 255});
    BufferedImage image = new BufferedImage(steps.size(), entries, BufferedImage.TYPE_BYTE_BINARY, palette);
    for (int t = 0; t < steps.size(); t++) {
      for (int i = steps.get(t).nextSetBit(0); i >= 0 && i < entries; i = steps.get(t).nextSetBit(i + 1)) {
        image.getRaster().setSample(t, i, 0, 1);
      }
    }
    return data(image);
  }

  /** Features as shades from their lowest to their highest: a column for each timestep, channel 0 at the bottom. */
  static String shades(float[][] frames) {
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (float[] frame : frames) {
      for (float value : frame) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    int channels = frames[0].length;
    BufferedImage image = new BufferedImage(frames.length, channels, BufferedImage.TYPE_BYTE_INDEXED, spectrum());
    for (int t = 0; t < frames.length; t++) {
      for (int i = 0; i < channels; i++) {
        double share = high > low ? (frames[t][i] - (double) low) / ((double) high - low) : 0;
        image.getRaster().setSample(t, channels - 1 - i, 0, (int) Math.round(share * (SHADES - 1)));
      }
    }
    return data(image);
  }

  private static IndexColorModel spectrum() {
    byte[][] colours = new byte[3][SHADES];
    for (int k = 0; k < SHADES; k++) {
      double at = k * (SPECTRUM.length - 1) / (double) (SHADES - 1);
      int below = Math.min((int) at, SPECTRUM.length - 2);
      for (int c = 0; c < 3; c++) {
        colours[c][k] = (byte) Math.round(SPECTRUM[below][c] + (at - below) * (SPECTRUM[below + 1][c] - SPECTRUM[below][c]));
      }
    }
    return new IndexColorModel(8, SHADES, colours[0], colours[1], colours[2]);
  }

  private static String data(BufferedImage image) {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", png);
    } catch (IOException e) {
      throw new IllegalStateException(e); // an array has room
    }
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png.toByteArray());
  }
}
