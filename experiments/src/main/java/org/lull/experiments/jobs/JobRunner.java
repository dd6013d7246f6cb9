// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.jobs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.lull.train.Cancellation;
import org.lull.train.Diverged;
import org.lull.train.Progress;

/**
 * Runs jobs, several at a time. A job begins when the jobs that it needs are done. If training diverges, its job fails, and so do the jobs
 * that need it. Any other failure stops all jobs.
 */
public final class JobRunner {
  private final List<Job> waiting;
  private final Consumer<Job> ended;
  private final Cancellation cancellation;
  private final Set<Job> done = new HashSet<>();
  private final Set<Integer> begun = new HashSet<>();
  private final List<Failure> failures = new ArrayList<>();
  private Throwable fatal;

  /**
   * That a job has failed.
   *
   * @param origin the job whose training diverged: the job itself, or one that it needs
   */
  public record Failure(Job job, Job origin, String reason) {}

  private JobRunner(List<Job> jobs, Cancellation cancellation, Consumer<Job> ended) {
    this.waiting = new ArrayList<>(jobs);
    this.cancellation = cancellation;
    this.ended = ended;
  }

  /**
   * Runs all jobs.
   *
   * @param jobs all jobs; earlier ones are preferred
   * @param threads number of jobs that run at a time
   * @param task receives the progress of all jobs together
   * @param cancellation stops all jobs when it is requested; a failure that stops all jobs requests it
   * @param ended receives each job that has ended, also if it failed
   * @return the jobs that failed, each after the failed jobs that it needs
   * @throws CancellationException if it was cancelled
   */
  public static List<Failure> run(List<Job> jobs, int threads, Progress.Task task, Cancellation cancellation, Consumer<Job> ended) {
    JobRunner runner = new JobRunner(jobs, cancellation, ended);
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      for (int i = 0; i < Math.min(threads, jobs.size()); i++) {
        workers.execute(() -> runner.work(task));
      }
    }
    return runner.outcome();
  }

  private List<Failure> outcome() {
    switch (fatal) {
      case null -> cancellation.check();
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
    return failures;
  }

  private void work(Progress.Task task) {
    for (Optional<Job> job = next(); job.isPresent(); job = next()) {
      run(job.get(), task);
    }
  }

  /** Waits for a job whose needs are done; empty if no job is left to begin. */
  private synchronized Optional<Job> next() {
    while (!waiting.isEmpty() && !cancellation.isRequested()) {
      Optional<Job> ready = waiting.stream().filter(job -> done.containsAll(job.needs()))
          .min(Comparator.comparing(job -> !begun.contains(job.group()))); // of equals the first
      if (ready.isPresent()) {
        waiting.remove(ready.get());
        begun.add(ready.get().group());
        return ready;
      }
      try {
        wait(1000); // a cancellation from outside wakes nobody
      } catch (InterruptedException e) {
        stop(e);
      }
    }
    return Optional.empty();
  }

  private void run(Job job, Progress.Task task) {
    JobProgress progress = new JobProgress(job, task);
    try {
      job.work().run(progress, cancellation);
      succeeded(job);
    } catch (Diverged e) {
      failed(job, job, e.getMessage());
    } catch (CancellationException e) {
      if (!cancellation.isRequested()) {
        stop(e);
      }
    } catch (Throwable e) {
      stop(e);
    }
    progress.end();
  }

  private synchronized void succeeded(Job job) {
    done.add(job);
    ended.accept(job);
    notifyAll();
  }

  private synchronized void failed(Job job, Job origin, String reason) {
    failures.add(new Failure(job, origin, reason));
    ended.accept(job);
    List<Job> needing = waiting.stream().filter(other -> other.needs().contains(job)).toList();
    needing.forEach(other -> {
      if (waiting.remove(other)) {
        failed(other, origin, reason);
      }
    });
    notifyAll();
  }

  /** Keeps the first failure that stops all jobs. Later ones may be its consequences. */
  private synchronized void stop(Throwable e) {
    if (fatal == null && !cancellation.isRequested()) {
      fatal = e;
    }
    cancellation.request();
    notifyAll();
  }

  /** The progress of one job, as part of the progress of all; never more than the size of the job. */
  private static final class JobProgress implements Progress {
    private final Job job;
    private final Task all;
    private final AtomicLong advanced = new AtomicLong();

    JobProgress(Job job, Task all) {
      this.job = job;
      this.all = all;
    }

    @Override
    public Task begin(String name, long total) {
      return new Task() {
        @Override
        public void advance(long steps) {
          all.advance(counted(steps));
        }

        @Override
        public void skip(long steps) {
          all.skip(counted(steps));
        }
      };
    }

    private long counted(long steps) {
      long before = advanced.getAndUpdate(sum -> Math.min(job.size(), sum + steps));
      return Math.min(job.size(), before + steps) - before;
    }

    /** Leaves out the rest of the size if the job ended early. */
    void end() {
      all.skip(counted(job.size() - advanced.get()));
    }
  }
}
