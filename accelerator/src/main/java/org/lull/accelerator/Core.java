// SPDX-License-Identifier: Apache-2.0
package org.lull.accelerator;

/**
 * The simulated logic, as its host sees it. Addresses and registers are in docs/accelerator.md, section Register map. Only one thread may
 * use it at a time.
 */
interface Core extends AutoCloseable {
  /** Memories behind the interface. */
  enum Region {
    REGISTERS,
    WEIGHTS,
    GRADIENTS,
    VALUES
  }

  /** The commands, in the order of their numbers, from 1. */
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
   * Runs a command.
   *
   * @param limit largest number of cycles that it may take
   * @return number of cycles that it took
   * @throws CoreFault if the logic fails, or is not ready within the limit
   */
  long run(Command command, long limit);

  /** Makes the interface stall at random in one of four cycles, from now on; with 0 it does not stall. */
  void stall(long seed);

  @Override
  void close();
}
