// SPDX-License-Identifier: Apache-2.0
package org.lull.experiments.jobs;

import java.util.List;
import org.lull.train.Cancellation;
import org.lull.train.Progress;

/** Work that one thread does once, after other jobs that it needs. */
public final class Job {
  private final String name;
  private final int group;
  private final long size;
  private final List<Job> needs;
  private final Work work;

  /** What a job does. */
  @FunctionalInterface
  public interface Work {
    /**
     * @param progress takes what of the job's size is done
     * @param cancellation requested where all jobs are to stop
     * @throws org.lull.train.Diverged if the job fails, and with it those that need it, but no other
     */
    void run(Progress progress, Cancellation cancellation);
  }

  /**
   * @param name for messages
   * @param group of jobs that belong together: one that has begun is gone on with before another is begun
   * @param size in the steps of its progress
   * @param needs jobs that must have succeeded before
   */
  public Job(String name, int group, long size, List<Job> needs, Work work) {
    this.name = name;
    this.group = group;
    this.size = size;
    this.needs = List.copyOf(needs);
    this.work = work;
  }

  public String name() {
    return name;
  }

  public long size() {
    return size;
  }

  int group() {
    return group;
  }

  List<Job> needs() {
    return needs;
  }

  Work work() {
    return work;
  }
}
