package dev.pando;

import java.time.Duration;

/** What a follower knows of its source. Thread-safe. */
final class KnownSource {
  private static final long NEVER = -1;

  /** The newest commit of the source. */
  private long newest;

  /** The follower's commit when it last gave its position. */
  private long askedTxn = NEVER;

  private long askedAt;

  /** When the increment that is applied was asked for, at the earliest. */
  private long candidate;

  private boolean isLevelKnown;
  private long levelAt;

  /** The follower gives its position. Of several calls for one increment, the first counts. */
  synchronized void isAsked(long txnId) {
    if (askedTxn != txnId) {
      askedTxn = txnId;
      askedAt = System.nanoTime();
    }
  }

  /** An increment from one commit to another is received. */
  synchronized void begins(long since, long next, long now) {
    candidate = askedTxn == since ? askedAt : now;
    newest = Math.max(newest, next);
  }

  /** It was applied. */
  synchronized void isApplied(long txnId) {
    newest = Math.max(newest, txnId);
    askedTxn = NEVER;
    isLevelKnown = true;
    levelAt = candidate;
  }

  /** The source has told its newest commit. */
  synchronized void isAt(long txnId, long mine) {
    newest = Math.max(newest, txnId);
    if (txnId == mine) {
      isLevelKnown = true;
      levelAt = System.nanoTime();
    }
  }

  synchronized Lag lag(long mine) {
    Duration age = isLevelKnown ? Duration.ofNanos(Math.max(0, System.nanoTime() - levelAt)) : null;
    return new Lag(Math.max(0, newest - mine), age);
  }
}
