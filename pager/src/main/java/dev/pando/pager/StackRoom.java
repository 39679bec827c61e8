package dev.pando.pager;

/**
 * Makes sure that the calling thread has enough stack left for work that must not end half-way,
 * before anything is changed. A {@link StackOverflowError} in the middle of taking a turn, of a
 * commit or of a rollback would leave a lock that is never released. In the middle of a channel's
 * call it would leave a channel that cannot be closed.
 *
 * <p>No call says how much is left, so this goes down as deep as the work may. The work takes the
 * most where its code is interpreted and this is compiled; the sizes are for that case. They were
 * found by running each call with less and less stack under {@code -Xint}. An update took 6 KiB, a
 * transaction of its own 13 KiB while its beginning walked the stack, a compaction 15 KiB, and a
 * channel's call 2 KiB. A KiB costs about 30 ns.
 *
 * <p>See DECISIONS.md, 'Stack room'.
 */
public final class StackRoom {
  /**
   * Bytes of a compiled frame of {@link #descend}, the smallest that it has; an interpreted one has
   * 162.
   */
  private static final int FRAME = 48;

  private static final int TRANSACTION = (17 << 10) / FRAME;
  private static final int UPDATE = (12 << 10) / FRAME;

  /** Less than for a beginning, so that what has begun at some depth can be ended there. */
  private static final int END = (10 << 10) / FRAME;

  private static final int CHANNEL = (3 << 10) / FRAME;

  private StackRoom() {}

  /**
   * Before anything begins that is not an update.
   *
   * @throws StackOverflowError if there is too little; nothing has been changed
   */
  public static void forTransaction() {
    long _ = descend(TRANSACTION, 1, 2, 3, 4);
  }

  /** As {@link #forTransaction}, before an update. */
  public static void forUpdate() {
    long _ = descend(UPDATE, 1, 2, 3, 4);
  }

  /** As {@link #forTransaction}, before a commit or a rollback; what has begun stays open. */
  public static void forEnd() {
    long _ = descend(END, 1, 2, 3, 4);
  }

  /** As {@link #forTransaction}, before a call of a channel. */
  static void forChannel() {
    long _ = descend(CHANNEL, 1, 2, 3, 4);
  }

  /** The parameters are needed after the inner call, so that each frame has to keep them. */
  private static long descend(int frames, long a, long b, long c, long d) {
    return frames == 0 ? a : descend(frames - 1, b, c, d, a) + (a ^ b) + (c ^ d);
  }
}
