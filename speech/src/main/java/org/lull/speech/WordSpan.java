// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

import java.util.Arrays;

/**
 * Where the word is in a clip: from the first to the last piece of 10 ms that is nearer to the loudest than to the quiet ones, in dB. A
 * recording that is evenly loud is a word from begin to end.
 *
 * @param begin first sample of the word
 * @param end the sample after its last
 */
record WordSpan(int begin, int end) {
  private static final double PIECE_SECONDS = 0.01;
  /** Of the way from the quiet pieces to the loudest, in dB. */
  private static final double SHARE = 0.4;
  /** The quiet pieces: a tenth of all are quieter than this one. */
  private static final double QUIET = 0.1;
  /** Silence counts as -100 dB. */
  private static final double FLOOR = 1e-10;

  static WordSpan in(float[] samples, int rate) {
    int piece = Math.max(1, (int) (PIECE_SECONDS * rate));
    int pieces = samples.length / piece;
    if (pieces < 2) {
      return new WordSpan(0, samples.length);
    }
    double[] levels = new double[pieces];
    Arrays.setAll(levels, i -> 10 * StrictMath.log10(FLOOR + Acoustics.power(samples, i * piece, (i + 1) * piece)));
    double[] sorted = levels.clone();
    Arrays.sort(sorted);
    double quiet = sorted[(int) (QUIET * pieces)];
    double threshold = quiet + SHARE * (sorted[pieces - 1] - quiet);
    int first = 0;
    while (levels[first] < threshold) {
      first++;
    }
    int last = pieces - 1;
    while (levels[last] < threshold) {
      last--;
    }
    return new WordSpan(first * piece, (last + 1) * piece);
  }
}
