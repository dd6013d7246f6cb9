// SPDX-License-Identifier: Apache-2.0
package org.lull.cli.options;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.lull.accelerator.CoreBuilder;
import org.lull.accelerator.CoreSize;
import org.lull.accelerator.Dram;
import org.lull.accelerator.StepSimulation;
import org.lull.accelerator.TrainingBatch;
import org.lull.input.InvalidInputException;
import picocli.CommandLine.Option;

/** Options that say how the accelerator is simulated. */
public final class SimulationOptions {
  /** What stands for the logic. */
  private enum Simulator {
    LIBRARY,
    PROCESS,
    SCHEDULE
  }

  private static final int USUAL_LATENCY = 40;

  @Option(names = "--together", paramLabel = "N", defaultValue = "2",
      description = "Sequences the core interleaves, 1 or 2 (default: ${DEFAULT-VALUE}).")
  private int together;

  @Option(names = "--lr", paramLabel = "RATE", defaultValue = "0.1",
      description = "Learning rate of the update, plain gradient descent (default: ${DEFAULT-VALUE}).")
  private double learningRate;

  @Option(names = "--simulator", paramLabel = "NAME",
      description = "library: the logic, in this process; process: the logic, as a program of its own; schedule: a model of its cycles,"
          + " without data (default: library, where Verilator and g++ are found).")
  private Simulator simulator;

  @Option(names = "--dram-bytes", paramLabel = "N", defaultValue = "0",
      description = "Also: the weights streamed from a memory of so many bytes a cycle (default: not).")
  private double dramBytes;

  @Option(names = "--dram-latency", paramLabel = "CYCLES", description = "Latency of that memory (default: " + USUAL_LATENCY + ").")
  private Integer dramLatency;

  private CoreBuilder builder;

  /**
   * Checks the options, and says where the logic is not what is simulated.
   *
   * @param kept the cache, or null for none
   */
  public void begin(Path kept, PrintWriter err) {
    if (together < 1 || together > 2) {
      throw new InvalidInputException("together: " + together + ", expected 1 or 2 sequences");
    }
    if (!(learningRate > 0 && learningRate < 1e3)) {
      throw new InvalidInputException("learning rate: " + learningRate + ", expected above 0 and below 1000");
    }
    if (dramLatency != null && dramBytes == 0) {
      throw new InvalidInputException("--dram-latency " + dramLatency + " is of a memory that --dram-bytes asks for; give both");
    }
    dram();
    Optional<String> lacking = CoreBuilder.lacking();
    if (simulator == null) {
      simulator = lacking.isEmpty() ? Simulator.LIBRARY : Simulator.SCHEDULE;
      lacking.ifPresent(reason -> err.println("the logic is not simulated: " + reason
          + ". Instead: the model of its schedule, whose cycles are the logic's; no bits are compared"));
    } else if (simulator != Simulator.SCHEDULE) {
      lacking.ifPresent(reason -> {
        throw new InvalidInputException("the logic cannot be simulated: " + reason + "; or choose --simulator schedule");
      });
    }
    builder = new CoreBuilder(kept == null ? null : kept.resolve("accelerator"), line -> {
      err.println(line);
      err.flush();
    });
    err.flush();
  }

  /** Leaves nothing behind that is not to be kept. */
  public void end() {
    builder.close();
  }

  public int together() {
    return together;
  }

  /** Whether bits are compared. */
  public boolean logic() {
    return simulator != Simulator.SCHEDULE;
  }

  public String simulator() {
    return logic() ? "verilator" : "schedule";
  }

  public Dram dram() {
    return dramBytes == 0 ? Dram.NONE : new Dram(dramLatency == null ? USUAL_LATENCY : dramLatency, dramBytes);
  }

  /**
   * A training step of the batch, to be run.
   *
   * @throws InvalidInputException if it cannot be, before any logic is built for it
   */
  public StepSimulation step(TrainingBatch batch, CoreSize size) {
    return new StepSimulation(batch, size, dram(), learningRate);
  }

  /** Runs it. */
  public StepSimulation.Result run(StepSimulation step) {
    return switch (simulator) {
      case LIBRARY -> step.run(builder, CoreBuilder.Link.LIBRARY);
      case PROCESS -> step.run(builder, CoreBuilder.Link.PROCESS);
      case SCHEDULE -> step.run();
    };
  }
}
