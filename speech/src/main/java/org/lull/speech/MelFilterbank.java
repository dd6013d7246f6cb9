// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.Arrays;
import org.lull.input.InvalidInputException;

/**
 * Overlapping triangles over the bins of a spectrum. Their corners are equally spaced in mel; between them a triangle is linear in Hz, and
 * its peak is 1. Corners are not rounded to bins.
 */
final class MelFilterbank {
  private final int[] firstBin; // [filters]
  private final double[][] weights; // [filters][bins of the filter]

  /** @throws InvalidInputException if a filter is so narrow that it falls between two bins */
  MelFilterbank(LogMelSettings settings) {
    int filters = settings.filters();
    double lowMel = mel(settings.lowHz());
    double stepMel = (mel(settings.highHz()) - lowMel) / (filters + 1);
    double binHz = settings.sampleRate() / (double) settings.fftSize();
    firstBin = new int[filters];
    weights = new double[filters][];
    for (int f = 0; f < filters; f++) {
      double left = hz(lowMel + f * stepMel);
      double centre = hz(lowMel + (f + 1) * stepMel);
      double right = hz(lowMel + (f + 2) * stepMel);
      int first = (int) Math.floor(left / binHz) + 1;
      int end = Math.min((int) Math.ceil(right / binHz), settings.fftSize() / 2 + 1);
      if (end <= first) {
        throw new InvalidInputException(
            "features %s: filter %d of %d (%.1f-%.1f Hz) falls between the bins of fftSize %d; use fewer filters or a larger fftSize"
                .formatted(settings.name(), f + 1, filters, left, right, settings.fftSize()));
      }
      firstBin[f] = first;
      weights[f] = new double[end - first];
      Arrays.setAll(weights[f], i -> triangle((first + i) * binHz, left, centre, right));
    }
  }

  /** Weighted sum of the bins under a filter. */
  double sum(int filter, double[] spectrum) {
    double[] w = weights[filter];
    int first = firstBin[filter];
    double sum = 0;
    for (int i = 0; i < w.length; i++) {
      sum += w[i] * spectrum[first + i];
    }
    return sum;
  }

  private static double triangle(double hz, double left, double centre, double right) {
    return hz <= centre ? (hz - left) / (centre - left) : (right - hz) / (right - centre);
  }

  private static double mel(double hz) {
    return 2595 * StrictMath.log10(1 + hz / 700);
  }

  private static double hz(double mel) {
    return 700 * (StrictMath.pow(10, mel / 2595) - 1);
  }
}
