// SPDX-License-Identifier: Apache-2.0
package org.lull.speech;

/** What was wrong with a recording that is used all the same: counted, and the user is told once for each kind. */
public enum Flaw {
  /** As recorders leave it that write the size of the file into the data chunk. */
  WRONG_SIZE("whose data chunk says a size that cannot be right, though the size of the whole fits", "read to the end of the file"),

  /** Bytes that are no whole frame cannot be sound. */
  PARTIAL_FRAME("that end within a sample frame", "the rest of that frame was dropped"),

  /** Sound that is there but that the header does not count, or something else that does not belong there. */
  UNREAD_REST("with bytes behind their data that are no chunk", "they were not read; write the files again if that is sound"),

  /** The format has one data chunk. Readers of files with more differ: some take the first, some the last, some all. */
  MORE_SOUND("that go on with a second data chunk, or with a whole second file", "only the first was read; write the files again as one"),

  /** Integers written as floats. */
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
   * @param count how many there are
   * @param all of how many
   * @param first what the first one is called
   */
  String warning(int count, int all, String first) {
    return "%d of %d clips are WAV files %s, the first %s; %s".formatted(count, all, which, first, consequence);
  }
}
