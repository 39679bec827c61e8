package dev.pando.txn.follower;

import dev.pando.error.BackupMismatchException;
import dev.pando.pager.Lineage;
import dev.pando.pager.LogPlace;
import dev.pando.pager.Meta;
import java.util.UUID;

/** The metas of a follower's file: which increments they admit, and what they say. */
public final class FollowedMeta {
  private FollowedMeta() {}

  /**
   * The meta of a follower at a commit that was copied.
   *
   * @param copy the meta that a backup or an increment has, which names the database it is from
   * @param incarnation of the follower's file
   */
  public static Meta of(Meta copy, UUID incarnation) {
    long txnId = copy.txnId();
    return copy.withIds(txnId, txnId, txnId)
        .withLog(LogPlace.NONE)
        .withLineage(new Lineage(incarnation, copy.lineage().parent(), txnId))
        .withFeatures(copy.features().withFollower(true).withApplying(false));
  }

  /**
   * The mark of a follower's commit that is being written over pages of another one.
   *
   * @param since the commit that it follows, which is on disk as a whole
   */
  static Meta mark(Meta meta, long since) {
    return meta.withIds(meta.txnId(), since, meta.txnId())
        .withFeatures(meta.features().withApplying(true));
  }

  /**
   * The meta of a database that may be written, and goes on from a follower.
   *
   * @param txnId its transaction; no page in the file has this birth, or a higher one
   */
  static Meta promoted(Meta follower, UUID incarnation, long txnId) {
    long common = follower.txnId();
    return follower
        .withIds(txnId, txnId, txnId)
        .withLineage(follower.lineage().child(incarnation, common))
        .withFeatures(follower.features().withFollower(false));
  }

  /**
   * Refuses a copy that no increment can follow.
   *
   * @param name of the copy
   */
  public static void checkFollowed(String name, Meta copy) {
    if (!copy.lineage().hasParent() || copy.lineage().parentTxn() != copy.txnId()) {
      throw new BackupMismatchException(
          "%s: nothing can follow its transaction %d, because it is compact, was written since, is no backup, or the transaction was not on disk at the source; give an unchanged backup of the form PAGES, or ask for the increment again"
              .formatted(name, copy.txnId()));
    }
  }

  /**
   * Refuses an increment that does not follow a commit.
   *
   * @param name of the increment
   * @param since the commit that it follows
   * @param base the follower's
   */
  public static void checkFollows(String name, long since, Meta increment, Meta base) {
    UUID source = increment.lineage().parent();
    UUID wanted = base.lineage().parent();
    if (!source.equals(wanted)
        || !increment.databaseId().equals(base.databaseId())
        || increment.pageSize() != base.pageSize()) {
      throw new BackupMismatchException(
          "%s: an increment of incarnation %s, allowed: of %s, which the follower's file copies; if the source was restored from a backup, make the follower again from a full backup"
              .formatted(name, source, wanted));
    }
    if (since != base.txnId()) {
      throw new BackupMismatchException(
          "%s: an increment since transaction %d, allowed: since %d, where the follower is; ask the source for the increment since Follower.position"
              .formatted(name, since, base.txnId()));
    }
    checkFollowed(name, increment);
    increment.features().checkWritable(name);
  }
}
