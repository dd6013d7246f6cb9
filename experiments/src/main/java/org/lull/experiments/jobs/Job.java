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
     * @param progress receives the progress, up to the size of the job
     * @param cancellation is requested if all jobs are to stop
     * @throws org.lull.train.Diverged if the job fails. Jobs that need it fail too; others continue
     */
    void run(Progress progress, Cancellation cancellation);
  }

  /**
   * @param name for messages
   * @param group number of a group of jobs. A group that has begun is finished before another begins
   * @param size size of the job in steps of progress
   * @param needs jobs that must have succeeded before it begins
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
