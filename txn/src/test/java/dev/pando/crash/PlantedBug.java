package dev.pando.crash;

import java.util.List;

/**
 * Bugs that a store like this may have, planted one at a time into the code that is loaded for a
 * test: in a method a call is replaced by one to {@code PlantedCode}. The code that is shipped
 * knows nothing of it.
 */
enum PlantedBug {
  SKIP_THE_SYNC(call("txn.commit.MetaWriter", "syncNow", "txn.file.DataFile", "sync", "skipSync")),
  META_BEFORE_ITS_DATA_IS_SYNCED(
      39,
      call("txn.commit.Commit", "writePages", "txn.commit.MetaWriter", "syncData", "skipDataSync")),
  REUSE_A_PAGE_OF_THE_DURABLE_SNAPSHOT(
      call("txn.commit.Writer", "pins", "txn.file.LockFile", "durable", "currentForDurable"),
      call("txn.commit.Writer", "pins", "txn.file.LockFile", "syncing", "currentForDurable")),
  REUSE_A_PAGE_OF_A_READER(
      3, call("txn.commit.Writer", "pins", "txn.readers.ReaderSlots", "forEachPin", "skipReaders")),
  REUSE_A_PAGE_OF_THE_BASE(
      call("txn.dirty.DirtyPages", null, "txn.space.FreeSpace", "free", "reuseAtOnce")),
  WRONG_SLOT(
      call("txn.commit.MetaWriter", "write", "txn.commit.SlotChoice", "slotFor", "alwaysSlotOne")),
  NO_DELTA_CHECK(
      call("txn.recovery.Recovery", "choose", "txn.recovery.Recovery", "verify", "believe")),
  DELTA_CHECK_IGNORES_BIRTHS(
      call("btree.Delta", "visit", "pager.PageReader", "locate", "locateAnyBirth")),
  NO_META_CHECKSUM(
      call("pager.MetaDecoder", null, "pager.PageHeader", "computeChecksum", "computeNoChecksum")),
  LEAK(call("txn.dirty.DirtyPages", null, "txn.space.FreeSpace", "free", "forget")),
  DOUBLE_FREE(call("txn.dirty.DirtyPages", null, "txn.space.FreeSpace", "free", "freeTwice")),
  LOST_GROWTH(call("txn.file.FileSync", "sync", "pager.PageFile", "sync", "syncWithoutLength")),
  ACKNOWLEDGE_EARLY(
      call("txn.commit.Writer", "show", "txn.commit.MetaWriter", "sync", "acknowledgeEarly")),
  FREE_SPACE_NOT_READ_AGAIN(
      call("txn.space.FreeSpace", "rollBack", "txn.space.FreeSpace", "forget", "skipForgetting")),
  FREE_SPACE_NOT_ROLLED_BACK(
      call(
          "txn.commit.Writer", "rollBackSpace", "txn.space.FreeSpace", "rollBack", "skipRollBack")),
  SWALLOWED_IO_ERROR(
      call("txn.file.DataFile", "write", "pager.PageFile", "write", "writeIfPossible")),
  NO_SYNC_AFTER_A_CRASHED_WRITER(
      call("txn.commit.MetaWriter", "claim", "txn.commit.MetaWriter", "sync", "acknowledgeEarly")),
  FOUND_COMMIT_NOT_WRITTEN_AGAIN(
      4,
      call(
          "txn.commit.MetaWriter",
          "sync",
          "txn.commit.MetaWriter",
          "writeFoundAgain",
          "skipRewriting")),
  FOUND_COMMIT_NOT_SYNCED_BEFORE_THE_CLAIM(
      360, call("txn.commit.MetaWriter", "claim", "pager.Meta", "isSealed", "takeForSealed")),

  // Bugs with the commit log.

  NO_LOG_CHECKSUM(call("pager.LogReader", "read", "pager.LogReader", "checksum", "noLogChecksum")),
  OTHER_HALF_OF_THE_LOG_NOT_READ(
      call("pager.LogReader", "next", "pager.LogPlace", "halfBytes", "wholeLog")),
  LOG_PLACE_NOT_ADVANCED(
      call("txn.commit.CommitLog", "placeAfterRecord", "pager.LogPlace", "at", "stayInPlace")),
  LIVE_LOG_RECORD_OVERWRITTEN(
      Search.LOG,
      call(
          "txn.commit.CommitLog",
          "findPlace",
          "txn.file.LockFile",
          "durable",
          "currentForDurable")),
  LOG_RECORD_WRITTEN_WITHOUT_A_SYNC(
      call("txn.file.DataFile", "writeLog", "pager.PageFile", "writeThrough", "writeOnly")),
  ACKNOWLEDGED_WITHOUT_A_LOG_RECORD(
      call("txn.commit.CommitLog", "write", "txn.file.DataFile", "writeLog", "skipLog")),
  CLAIM_FORGETS_THE_LOG(
      call("txn.commit.Replay", "run", "txn.commit.Writer", "replays", "skipReplays")),
  UNDONE_CHANGES_LEFT_IN_THE_LOG(
      328,
      call("Savepoints", "rollBackTo", "txn.commit.LogRecord", "rollBackSavepoint", "keepUndone")),
  PAGES_OF_THE_LOG_REUSED(
      call("txn.space.FreeSpace", "begin", "txn.space.LogPages", "set", "skipLogPages")),

  // Bugs between processes.

  DEAD_WRITER_NOT_NOTICED(
      Search.PROCESSES,
      170,
      call("txn.commit.Takeover", "takeOver", "txn.file.LockFile", "writing", "nobody"),
      call("txn.commit.Takeover", "takeOver", "txn.file.LockFile", "committing", "nobody")),
  COMMIT_OF_A_DEAD_WRITER_NOT_SYNCED(
      Search.PROCESSES,
      170,
      call("txn.commit.Takeover", "adopt", "txn.commit.MetaWriter", "sync", "acknowledgeEarly")),
  FREE_PAGES_FROM_BEFORE_ANOTHER_WRITER(
      Search.PROCESSES,
      3,
      call(
          "txn.commit.Takeover",
          "takeOver",
          "txn.space.FreeSpace",
          "othersWrote",
          "skipFollowing")),
  PAGES_FREED_BY_ANOTHER_REUSED_AT_ONCE(
      Search.PROCESSES,
      3,
      call(
          "txn.space.SpaceFollower",
          "step",
          "txn.space.SpaceFollower$Dating",
          "date",
          "skipDating")),
  SLOTS_FROM_BEFORE_ANOTHER_WRITER(
      Search.PROCESSES,
      call("txn.commit.Takeover", "takeOver", "txn.commit.MetaWriter", "look", "skipLooking")),
  FAILED_SYNC_NOT_TOLD(
      Search.PROCESSES,
      119,
      call(
          "txn.commit.MetaWriter",
          "leaveToClaim",
          "txn.file.LockFile",
          "setClaimed",
          "skipTelling")),
  LENGTH_CHANGED_BY_ANOTHER_NOT_SYNCED(
      Search.PROCESSES,
      call("txn.file.FileSync", "all", "txn.file.LockFile", "lengths", "noLengths")),

  // Bugs with named snapshots that are restored.

  RESTORED_PAGES_DATED_BY_HALVES(
      Search.RESTORES,
      call(
          "txn.space.SpaceFollower",
          "read",
          "txn.space.HeldSearch",
          "restored",
          "nothingRestored")),

  // Bugs with indexes.

  RANGE_DELETE_FORGETS_THE_INDEXES(
      Search.INDEXES,
      call("EntryWrites", "deleteRange", "btree.TreeWriter", "attachment", "noAttachment")),
  CLEAR_FORGETS_THE_INDEXES(
      Search.INDEXES, call("TableWrites", "clear", "txn.catalog.TableIndexes", "of", "noIndexes"));

  /** The random programs that must find it. */
  enum Search {
    ONE_PROCESS("dev.pando.crash.RandomProgramTest"),
    PROCESSES("dev.pando.crash.SeveralProcessesTest"),
    RESTORES("dev.pando.crash.RestoreModelTest"),
    LOG("dev.pando.CommitLogTest"),
    INDEXES("dev.pando.crash.IndexProgramTest");

    /** Its static method {@code search} runs them. */
    final String test;

    Search(String test) {
      this.test = test;
    }
  }

  /**
   * A call that is replaced.
   *
   * @param type in which class
   * @param method in which method; null for all
   * @param owner of what is called
   * @param name of what is called
   * @param by the method of {@code PlantedCode} that is called in its stead
   */
  record Call(String type, String method, String owner, String name, String by) {}

  final Search search;

  /**
   * The program that the search begins with, because it is known to find the bug. If it no longer
   * does, the search goes on with the next one.
   */
  final int first;

  final List<Call> calls;

  PlantedBug(Call... calls) {
    this(0, calls);
  }

  PlantedBug(int first, Call... calls) {
    this(Search.ONE_PROCESS, first, calls);
  }

  PlantedBug(Search search, Call... calls) {
    this(search, 0, calls);
  }

  PlantedBug(Search search, int first, Call... calls) {
    this.search = search;
    this.first = first;
    this.calls = List.of(calls);
  }

  private static Call call(String type, String method, String owner, String name, String by) {
    return new Call("dev.pando." + type, method, "dev.pando." + owner, name, by);
  }
}
