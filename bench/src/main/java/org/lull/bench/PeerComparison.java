package org.lull.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lull.kernel.KernelChoice;
import org.lull.model.Mode;
import org.lull.rnn.Cell;
import org.lull.train.StepTimer;
import org.lull.train.Workload;
import org.lull.train.Workload.Shape;

/**
 * Training steps and inference beside PyTorch, in one process and in turn: PyTorch, our dense network, and the delta
 * network at several sparsities.
 *
 * <p>Command, from the root of the project: {@code ./mvnw -Pbench,peers -pl bench -am -DskipTests package -Dthreads=1 -Dcell=lstm}. Both
 * sides run on the same number of threads. The fixed cost of calling PyTorch from Java is measured on a network of one unit and one step
 * and stated apart.
 */
public final class PeerComparison {
  private static final double[] SPARSITIES = {0, 0.5, 0.8, 0.9, 0.95};
  private static final double WARM_UP_SECONDS = 4;
  private static final double SECONDS = 6;
  private static final Shape SMALLEST = new Shape("1", 1, 1, 1, 1, 1);

  private PeerComparison() {}

  /** Arguments: threads, cell, batch sizes with commas, names of networks with commas. */
  public static void main(String[] arguments) {
    int threads = Integer.parseInt(arguments[0]);
    Cell cell = Cell.named(arguments[1]);
    System.out.printf("PyTorch %s, kernels: %s, %d thread(s), %s%n", PyTorchPeer.version(), KernelChoice.kernels().description(), threads,
        cell.name());
    fixedCost(cell);
    for (String name : arguments[3].split(",")) {
      for (String batch : arguments[2].split(",")) {
        compare(Shape.named(name), cell, Integer.parseInt(batch), threads);
      }
    }
    System.exit(0); // DJL leaves threads behind
  }

  private static void fixedCost(Cell cell) {
    try (PyTorchPeer peer = new PyTorchPeer(SMALLEST.spec(cell), SMALLEST.steps(), 1)) {
      List<Runnable> steps = List.of(peer::train, peer::infer);
      StepTimer.medianMicros(steps, 1, 1);
      double[] micros = StepTimer.medianMicros(steps, 1, 1);
      System.out.printf(Locale.ROOT, "fixed cost of a PyTorch call: train %.0f us, infer %.0f us%n%n", micros[0], micros[1]);
    }
  }

  private static void compare(Shape shape, Cell cell, int batch, int threads) {
    List<Workload> ours = new ArrayList<>();
    try (PyTorchPeer peer = new PyTorchPeer(shape.spec(cell), shape.steps(), batch)) {
      ours.add(new Workload(shape, cell, Mode.DENSE, 0, batch, threads));
      for (double sparsity : SPARSITIES) {
        ours.add(new Workload(shape, cell, Mode.DELTA, sparsity, batch, threads));
      }
      List<Runnable> train = new ArrayList<>(List.of(peer::train));
      List<Runnable> infer = new ArrayList<>(List.of(peer::infer));
      for (Workload workload : ours) {
        train.add(workload::train);
        infer.add(workload::infer);
      }
      report(shape, batch, "train", train, ours);
      report(shape, batch, "infer", infer, ours);
    } finally {
      ours.forEach(Workload::close);
    }
  }

  private static void report(Shape shape, int batch, String what, List<Runnable> steps, List<Workload> ours) {
    StepTimer.medianMicros(steps, 1, WARM_UP_SECONDS);
    double[] micros = StepTimer.medianMicros(steps, 1, SECONDS);
    System.out.printf(Locale.ROOT, "%-4s batch %2d %s   %10s %9s %9s%n", shape.name(), batch, what, "us", "PyTorch/", "dense/");
    for (int i = 0; i < micros.length; i++) {
      String name = i == 0 ? "PyTorch" : i == 1 ? "dense" : String.format(Locale.ROOT, "delta %.1f %%", 100 * ours.get(i - 1).sparsity());
      System.out.printf(Locale.ROOT, "  %-16s   %12.1f %8.2fx %8.2fx%n", name, micros[i], micros[0] / micros[i], micros[1] / micros[i]);
    }
    System.out.println();
  }
}
