// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

/** A defect of a recording that is used all the same. There is one warning for each kind of defect, with a count. */
public enum Flaw {
  /** The size of the data chunk is wrong. Some recorders write the size of the whole file there. */
  WRONG_SIZE("whose data chunk says a size that cannot be right, though the size of the whole fits", "read to the end of the file"),

  /** The data ends within a sample frame. */
  PARTIAL_FRAME("that end within a sample frame", "the rest of that frame was dropped"),

  /** Bytes follow the data that are no chunk: sound that the header does not count, or something else. */
  UNREAD_REST("with bytes behind their data that are no chunk", "they were not read; write the files again if that is sound"),

  /** There is more than the one data chunk of the format. Readers of such files differ: some take the first, some the last, some all. */
  MORE_SOUND("that go on with a second data chunk, or with a whole second file", "only the first was read; write the files again as one"),

  /** Samples are far beyond full scale, such as integers that were written as floats. */
  BEYOND_FULL_SCALE("with float samples far beyond -1..1 (over " + (int) Audio.LOUDEST + ")",
      "used as they are; if they are integers written as floats, divide them by 32768 and write the files again");

  private final String which;
  private final String consequence;

  Flaw(String which, String consequence) {
    this.which = which;
    this.consequence = consequence;
  }

  /**
   * One sentence for all recordings with this flaw.
   *
   * @param count number of recordings with this flaw
   * @param all number of all recordings
   * @param first name of the first recording with this flaw
   */
  public String warning(int count, int all, String first) {
    return "%d of %d clips are WAV files %s, the first %s; %s".formatted(count, all, which, first, consequence);
  }
}
