// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

import org.lull.input.InvalidInputException;

/**
 * A memory outside the chip, from which the weights of the forward and the transposed product are streamed; their gradients stay on the
 * chip. A job's words are asked for, one after the other, when it is queued, which is when its list is known.
 *
 * @param latency cycles from a request to its first word
 * @param bytesPerCycle that it delivers; 0 for weights on the chip
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

  /** Cycles of a sweep over so many words of weights that reads and writes each. */
  long update(long words, int lanes) {
    return bytesPerCycle == 0 ? words : latency + (long) Math.ceil(words * Math.max(1, 2 * Short.BYTES * lanes / bytesPerCycle));
  }

  /** When the words of a job are there. */
  record Transfer(double begin, double perWord) {
    /** Whether word n has come, from 0. */
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
