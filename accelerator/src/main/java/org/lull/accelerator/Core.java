// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

/**
 * The simulated logic, seen from its host's side. Addresses and registers are in docs/accelerator.md, section Register map. One thread at
 * a time.
 */
interface Core extends AutoCloseable {
  /** Memories behind the interface. */
  enum Region {
    REGISTERS,
    WEIGHTS,
    GRADIENTS,
    VALUES
  }

  /** What it can be told to do; the order is that of their numbers, from 1. */
  enum Command {
    FORWARD,
    BACKWARD,
    UPDATE,
    CLEAR
  }

  /** @throws CoreFault if the logic fails */
  void write(Region region, int address, int... values);

  /** @throws CoreFault if the logic fails */
  int[] read(Region region, int address, int count);

  /**
   * Carries out a command.
   *
   * @param limit cycles it may take
   * @return cycles it took
   * @throws CoreFault if the logic fails, or is not ready within the limit
   */
  long run(Command command, long limit);

  /** From now on the interface stalls at random, one cycle of four; 0 ends that. */
  void stall(long seed);

  @Override
  void close();
}
