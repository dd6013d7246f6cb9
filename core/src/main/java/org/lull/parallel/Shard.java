// SPDX-License-Identifier: Apache-2.0
package org.lull.parallel;

/**
 * The part of one thread in a computation that runs step by step. A shard says which share of the rows or panels the thread computes, where
 * it waits for the threads with the other shares, and how many steps of an earlier computation must be done before a step of this one. A
 * thread that computes everything has the shard {@link #WHOLE}, which waits for nobody. So code for one and for several threads is the
 * same.
 */
public final class Shard {
  /** Everything, by one thread, which waits for nobody. */
  public static final Shard WHOLE = new Shard(0, 1, null, null, null);

  private final int member;
  private final int members;
  /** Barrier of all threads with a share, or null. */
  private final Barrier others;
  /** Number of steps that the earlier computation has done, or null. */
  private final Watermark before;
  /** Number of steps that this computation has done, or null if no other waits for it. */
  private final Watermark done;

  private Shard(int member, int members, Barrier others, Watermark before, Watermark done) {
    this.member = member;
    this.members = members;
    this.others = others;
    this.before = before;
    this.done = done;
  }

  /**
   * The share of one of several threads.
   *
   * @param member 0 to members - 1
   * @param others a barrier for all of them
   */
  public static Shard share(int member, int members, Barrier others) {
    return new Shard(member, members, others, null, null);
  }

  /**
   * All of a computation that follows another one step by step, as a layer follows the layer below it.
   *
   * @param before number of steps that the earlier computation has done, or null for the first
   * @param done receives the number of steps that this computation has done
   */
  public static Shard following(Watermark before, Watermark done) {
    return new Shard(0, 1, null, before, done);
  }

  /** Index of this thread: 0 to members - 1. */
  public int member() {
    return member;
  }

  /** Whether this thread does the work that cannot be divided. */
  public boolean isFirst() {
    return member == 0;
  }

  /** Index of the first of n items in the share of this thread. Shares are consecutive and of equal size, to one item. */
  public int from(int n) {
    return members == 1 ? 0 : (int) ((long) n * member / members); // a division takes long, and these are asked for at each timestep
  }

  /** Index after the last of n items in the share of this thread. */
  public int to(int n) {
    return members == 1 ? n : (int) ((long) n * (member + 1) / members);
  }

  /**
   * Waits for the threads with the other shares. Then each thread sees what the others wrote before.
   *
   * @throws RuntimeException or Error: the failure of one of them
   */
  public void meet() {
    if (others != null) {
      others.await();
    }
  }

  /**
   * Waits until the earlier computation has done this number of steps.
   *
   * @throws RuntimeException or Error: the failure of that computation
   */
  public void await(int steps) {
    if (before != null) {
      before.await(steps);
    }
  }

  /** Publishes how many steps this computation has done. */
  public void publish(int steps) {
    if (done != null) {
      done.publish(steps);
    }
  }
}
