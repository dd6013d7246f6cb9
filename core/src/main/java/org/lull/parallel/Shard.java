// SPDX-License-Identifier: Apache-2.0
package org.lull.parallel;

/**
 * What one thread does of a piece of work that goes on step by step: which share of all that can be shared out, where it meets the threads
 * that have the other shares, and how far the work must have come whose results it takes. To be alone is a part too, the {@link #WHOLE}: it
 * waits for nobody, so that work written for several threads is written once.
 */
public final class Shard {
  /** All there is to do, by one thread, with all it depends on done before. */
  public static final Shard WHOLE = new Shard(0, 1, null, null, null);

  private final int member;
  private final int members;
  /** Where those with the other shares are met, or null. */
  private final Barrier others;
  /** Steps done of the work before this one, or null. */
  private final Watermark before;
  /** Steps done of this work, or null where nobody follows. */
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
   * The whole of a work that follows another step by step.
   *
   * @param before told by the one before how many steps it has done, or null for the first
   * @param done told how many this one has done
   */
  public static Shard following(Watermark before, Watermark done) {
    return new Shard(0, 1, null, before, done);
  }

  /** Which of the threads this is: 0 to members - 1. */
  public int member() {
    return member;
  }

  /** Whether this is the one that does what cannot be shared out. */
  public boolean isFirst() {
    return member == 0;
  }

  /** The first of n things that fall to this thread: equal shares, one after another. */
  public int from(int n) {
    return members == 1 ? 0 : (int) ((long) n * member / members); // a division takes long, and these are asked for at each timestep
  }

  /** Where its share of n things ends. */
  public int to(int n) {
    return members == 1 ? n : (int) ((long) n * (member + 1) / members);
  }

  /**
   * Waits for those with the other shares: what each did before is then seen by all.
   *
   * @throws RuntimeException or Error: what one of them failed with
   */
  public void meet() {
    if (others != null) {
      others.await();
    }
  }

  /**
   * Waits until so many steps of the work before are done.
   *
   * @throws RuntimeException or Error: what it failed with
   */
  public void await(int steps) {
    if (before != null) {
      before.await(steps);
    }
  }

  /** Tells those that follow how many steps are done. */
  public void publish(int steps) {
    if (done != null) {
      done.publish(steps);
    }
  }
}
