// SPDX-License-Identifier: Apache-2.0
package org.lull.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lull.input.InvalidInputException;
import org.lull.kernel.KernelChoice;
import org.lull.network.NetworkSpec;
import org.lull.rnn.Cell;
import org.lull.train.StepTimer;
import org.lull.train.Workload;

/**
 * Training steps and inference beside other libraries, in one process and in turn: each peer, our dense network, and the delta network at
 * several sparsities; all on the same number of threads. Of a peer a network with the same layers but one unit, one input and one timestep
 * is timed too: next to no arithmetic, so its time is what a step costs the peer in any case.
 *
 * <p>Options are system properties, lists with commas: {@code threads}, {@code cell} (lstm, gru), {@code batches}, {@code networks}
 * (names of {@link Workload.Shape}), {@code seconds} (how long each group of rows is timed), {@code json} (a file). With {@code run} and
 * {@code data} the network is a trained one on real sequences, see {@link TrainedTask}.
 */
public final class PeerComparison {
  private static final double WARM_UP_SECONDS = 1;

  /** Longer than idle threads of a library spin before they sleep, which on two threads would cost whoever has the next turn a core. */
  private static final int REST_MILLIS = 20;

  private final List<? extends Peer.Library> libraries;
  private final int seconds = Options.numbers("seconds", "6", 1).getFirst();
  private final List<Row> rows = new ArrayList<>();

  private PeerComparison(List<? extends Peer.Library> libraries) {
    this.libraries = libraries;
  }

  /**
   * One contestant of a group.
   *
   * @param what "train": forward, loss and backward; or "infer"
   * @param contestant the peer, the peer's fixed cost, "dense" or "delta"
   * @param sparsity measured, 0 to 1; null where it is not ours
   * @param micros median time of the whole batch
   */
  record Row(String network, String cell, int threads, int batch, String what, String contestant, Double sparsity, double micros) {}

  /** As written with -Djson. */
  record Report(List<String> peers, String kernels, List<Row> rows) {}

  /** A contestant before it is timed. */
  private record Contestant(String name, Double sparsity, Runnable train, Runnable infer) {
    static Contestant of(String name, Peer peer) {
      return new Contestant(name, null, peer::train, peer::infer);
    }
  }

  public static void main(String[] arguments) throws IOException {
    run(List.of(new PyTorchPeer.PyTorch()));
  }

  /** Compares with these libraries and ends the process: they leave threads behind. */
  public static void run(List<? extends Peer.Library> libraries) throws IOException {
    int status = 0;
    try {
      new PeerComparison(libraries).run();
    } catch (InvalidInputException e) {
      System.err.println(e.getMessage());
      status = 2;
    }
    System.exit(status);
  }

  private void run() throws IOException {
    List<String> names = libraries.stream().map(Peer.Library::name).toList();
    System.out.printf("%s; kernels: %s%n%n", String.join(", ", names), KernelChoice.kernels().description());
    List<Task> tasks = tasks();
    for (int threads : Options.numbers("threads", "1,2", 1)) {
      libraries.forEach(library -> library.useThreads(threads));
      for (Task task : tasks) {
        for (int batch : Options.numbers("batches", "1,32", 1)) {
          compare(task, batch, threads);
        }
      }
    }
    Options.writeJson(new Report(names, KernelChoice.kernels().description(), rows));
  }

  private static List<Task> tasks() {
    if (Options.value("run").isPresent() || Options.value("data").isPresent()) {
      return List.of(TrainedTask.fromOptions());
    }
    List<Task> tasks = new ArrayList<>();
    for (String cell : Options.list("cell", "lstm,gru")) {
      for (String name : Options.list("networks", "56k,128,256,512")) {
        tasks.add(new SyntheticTask(Workload.Shape.named(name), Cell.named(cell)));
      }
    }
    return tasks;
  }

  private void compare(Task task, int batch, int threads) {
    NetworkSpec spec = task.spec();
    NetworkSpec smallest = new NetworkSpec(spec.cell(), 1, spec.layers(), 1, spec.outputs(), spec.head());
    List<Peer> peers = new ArrayList<>();
    List<Workload> ours = task.ours(batch, threads);
    try {
      List<Contestant> contestants = new ArrayList<>();
      for (Peer.Library library : libraries) {
        if (library.has(spec.cell())) {
          peers.add(library.open(spec, task.steps(), batch));
          contestants.add(Contestant.of(library.name(), peers.getLast()));
          peers.add(library.open(smallest, 1, 1));
          contestants.add(Contestant.of("its fixed cost", peers.getLast()));
        }
      }
      ours.forEach(w -> contestants.add(new Contestant(w == ours.getFirst() ? "dense" : "delta", w.sparsity(), w::train, w::infer)));
      time(task, batch, threads, "train", contestants, contestants.stream().map(Contestant::train).toList());
      time(task, batch, threads, "infer", contestants, contestants.stream().map(Contestant::infer).toList());
    } finally {
      peers.forEach(Peer::close);
      ours.forEach(Workload::close);
    }
  }

  private void time(Task task, int batch, int threads, String what, List<Contestant> contestants, List<Runnable> steps) {
    // the compiler wants its time first; each by itself, as beside a slow one the others would hardly come to run
    steps.forEach(step -> StepTimer.medianMicros(List.of(step), 1, WARM_UP_SECONDS));
    List<Runnable> turns = new ArrayList<>();
    for (Runnable step : steps) {
      turns.add(step);
      turns.add(PeerComparison::rest);
    }
    double[] micros = StepTimer.medianMicros(threads > 1 ? turns : steps, 1, seconds);
    List<Row> group = new ArrayList<>();
    for (int i = 0; i < contestants.size(); i++) {
      Contestant each = contestants.get(i);
      double median = micros[threads > 1 ? 2 * i : i];
      group.add(new Row(task.name(), task.spec().cell().name(), threads, batch, what, each.name, each.sparsity, median));
    }
    rows.addAll(group);
    print(group);
  }

  private static void rest() {
    try {
      Thread.sleep(REST_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void print(List<Row> group) {
    Row first = group.getFirst();
    double peer = first.micros;
    double fixed = group.get(1).micros;
    double dense = group.stream().filter(row -> row.contestant.equals("dense")).findFirst().orElseThrow().micros;
    System.out.printf(Locale.ROOT, "%-40s %12s %13s %13s %13s%n", String.format("%s %s, batch %d, %d thread%s, %s", first.network,
        first.cell, first.batch, first.threads, first.threads == 1 ? "" : "s", first.what), "us", "first/this", "less fixed", "dense/this");
    for (Row row : group) {
      boolean delta = row.contestant.equals("delta");
      String name = row.contestant + (delta ? String.format(Locale.ROOT, " %.1f %%", 100 * row.sparsity) : "");
      System.out.printf(Locale.ROOT, "  %-38s %12.1f %12.2fx %12.2fx %12.2fx%n", name, row.micros, peer / row.micros,
          (peer - fixed) / row.micros, dense / row.micros);
    }
    System.out.println();
  }
}
