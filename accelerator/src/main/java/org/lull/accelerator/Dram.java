// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import org.lull.input.InvalidInputException;

/**
 * A memory outside the chip. The weights of the forward and the transposed product are streamed from it; their gradients stay on the chip.
 * The words of a job are requested one after the other when the job is queued, because then its list is known.
 *
 * @param latency number of cycles from a request to its first word
 * @param bytesPerCycle number of bytes delivered per cycle; 0 if the weights are on the chip
 */
public record Dram(int latency, double bytesPerCycle) {
  private static final double SLOWEST = 0.125;

  public static final Dram NONE = new Dram(0, 0);

  public Dram {
    if (latency < 0 || latency > 1_000_000) {
      throw new InvalidInputException("latency of the memory: " + latency + " cycles, expected 0 to 1000000");
    }
    if (bytesPerCycle != 0 && !(bytesPerCycle >= SLOWEST && bytesPerCycle <= 1e6)) {
      throw new InvalidInputException("bandwidth of the memory: " + bytesPerCycle + " bytes a cycle, expected " + SLOWEST
          + " to 1000000");
    }
  }

  Channel channel() {
    return new Channel();
  }

  /** Number of cycles to read and write this number of words of weights. */
  long update(long words, int lanes) {
    return bytesPerCycle == 0 ? words : latency + (long) Math.ceil(words * Math.max(1, 2 * Short.BYTES * lanes / bytesPerCycle));
  }

  /** The arrival of the words of a job. */
  record Transfer(double begin, double perWord) {
    /** Whether word n, counted from 0, has arrived. */
    boolean there(int n, long cycle) {
      return begin + (n + 1) * perWord <= cycle;
    }
  }

  /** Delivers in order. */
  final class Channel {
    private double free;

    /** @return null where the weights are on the chip */
    Transfer request(long cycle, int words, int lanes) {
      if (bytesPerCycle == 0) {
        return null;
      }
      double perWord = Short.BYTES * lanes / bytesPerCycle;
      Transfer transfer = new Transfer(Math.max(free, cycle + latency), perWord);
      free = transfer.begin + words * perWord;
      return transfer;
    }
  }
}
