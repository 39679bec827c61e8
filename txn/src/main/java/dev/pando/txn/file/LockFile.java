package dev.pando.txn.file;

import static dev.pando.txn.file.LockBlocks.LONG;
import static dev.pando.txn.file.LockLayout.BLOCKS;
import static dev.pando.txn.file.LockLayout.BLOCK_SIZE;
import static dev.pando.txn.file.LockLayout.CLAIMED;
import static dev.pando.txn.file.LockLayout.COMMITTING;
import static dev.pando.txn.file.LockLayout.CURRENT;
import static dev.pando.txn.file.LockLayout.DATABASE_ID;
import static dev.pando.txn.file.LockLayout.DURABLE;
import static dev.pando.txn.file.LockLayout.GROWER;
import static dev.pando.txn.file.LockLayout.HOLDER_NOTE;
import static dev.pando.txn.file.LockLayout.ID_LIMIT;
import static dev.pando.txn.file.LockLayout.LAST_USED;
import static dev.pando.txn.file.LockLayout.LAST_WRITER;
import static dev.pando.txn.file.LockLayout.LENGTHS;
import static dev.pando.txn.file.LockLayout.LENGTHS_ON_DISK;
import static dev.pando.txn.file.LockLayout.MAGIC;
import static dev.pando.txn.file.LockLayout.MAGIC_VALUE;
import static dev.pando.txn.file.LockLayout.MEETING;
import static dev.pando.txn.file.LockLayout.MEMBER_LOCKS;
import static dev.pando.txn.file.LockLayout.NEXT_WRITER;
import static dev.pando.txn.file.LockLayout.OPENER;
import static dev.pando.txn.file.LockLayout.RECORDS;
import static dev.pando.txn.file.LockLayout.RECORDS_USED;
import static dev.pando.txn.file.LockLayout.SESSIONS;
import static dev.pando.txn.file.LockLayout.STATE_END;
import static dev.pando.txn.file.LockLayout.SYNCING;
import static dev.pando.txn.file.LockLayout.UNLISTED;
import static dev.pando.txn.file.LockLayout.WRITER;
import static dev.pando.txn.file.LockLayout.WRITING;

import dev.pando.error.DatabaseFailedException;
import dev.pando.error.DatabaseLockedException;
import dev.pando.pager.LockWait;
import dev.pando.pager.PageHeader;
import dev.pando.pager.StorageLock;
import java.lang.foreign.MemorySegment;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * The memory that all processes of an open database share, in its lock file. The header names the
 * newest commit, the newest commit on disk, and the process that writes. Blocks of equal size hold
 * the snapshots that each process reads ({@code ReaderSlots}) and their metas ({@link
 * PinnedMetas}).
 *
 * <p>Nothing here outlives the last process: a process that is alone begins with zeros. {@link
 * Members} knows which processes are alive. All locks among processes, except the one of opening,
 * are words that name a member.
 *
 * <p>Where the lock file cannot be written, the memory is private, and processes that write see the
 * reader by a lock on the database file.
 */
public final class LockFile implements AutoCloseable {
  /** Bytes before the first block. */
  public static final long HEADER_BYTES = LockLayout.HEADER_BYTES;

  private final StorageLock file;
  private final MemorySegment header;
  private final Members members;
  private final MemberLock writer;
  private final Entrance entrance;
  private final MemberLock grower;
  private final LockBlocks blocks;
  private final LogWords log;
  private final Presence presence;
  private boolean alone = true;
  private long meeting;

  /** Whether this process has taken {@link #grower}; guarded by this. */
  private boolean growing;

  private boolean closed;

  private LockFile(StorageLock file) {
    this.file = file;
    header =
        file.writable()
            ? file.map(0, HEADER_BYTES)
            : MemorySegment.ofArray(new long[(int) (RECORDS + Members.RECORD_BYTES) / Long.BYTES]);
    members = new Members(file, header, SESSIONS, RECORDS_USED, RECORDS, MEMBER_LOCKS);
    writer = new MemberLock(header, WRITER, members);
    entrance = new Entrance(file, new MemberLock(header, OPENER, members));
    grower = new MemberLock(header, GROWER, members);
    blocks = new LockBlocks(file, header);
    log = new LogWords(this, header);
    presence = new Presence(file, this);
  }

  /**
   * Enters: no other process enters or leaves until {@link #entered}.
   *
   * @throws DatabaseLockedException if another process does not come to an end of entering
   */
  public static LockFile enter(StorageLock file) {
    LockFile entering = new LockFile(file);
    boolean done = false;
    try {
      if (file.writable()) {
        entering.enter();
      } else {
        entering.members.join();
      }
      done = true;
      return entering;
    } finally {
      if (!done) {
        entering.close();
      }
    }
  }

  private void enter() {
    entrance.lockFile();
    long magic = getLong(MAGIC);
    if (magic != MAGIC_VALUE) {
      if (!entrance.isEmpty()) {
        throw Refusals.otherVersion(file.path(), magic, MAGIC_VALUE);
      }
      header.asSlice(BLOCK_SIZE).fill((byte) 0); // it is never without a mark
      setLong(MAGIC, MAGIC_VALUE);
    }
    members.join();
    presence.begin();
    entrance.lockWord();
    alone = !members.areOthers();
    entrance.stay();
  }

  /** See {@link LockWait#pause}. */
  public static void pause(long nanos) {
    LockWait.pause(nanos);
  }

  /** Whether no other process had the database open when this one entered. */
  public boolean alone() {
    return alone;
  }

  /** Whether processes share this memory. */
  public boolean shared() {
    return file.writable();
  }

  /**
   * Describes the database that was found; for the process that is alone.
   *
   * @param idLimit the highest id that a transaction may have used
   * @param claimed whether none has used one: ids up to the limit are free
   */
  public void describe(
      UUID databaseId, int pageSize, long current, long durable, long idLimit, boolean claimed) {
    header.asSlice(CURRENT, STATE_END - CURRENT).fill((byte) 0);
    setLong(WRITER, 0);
    setLong(GROWER, 0);
    members.describe();
    if (shared() && file.size() > StorageLock.FIRST_BYTES) {
      file.truncate(StorageLock.FIRST_BYTES);
    }
    blocks.setPageSize(pageSize);
    setLong(BLOCK_SIZE, LockBlocks.blockSize(pageSize));
    setLong(DATABASE_ID, databaseId.getMostSignificantBits());
    setLong(DATABASE_ID + Long.BYTES, databaseId.getLeastSignificantBits());
    setLong(BLOCKS, 1);
    setLong(CURRENT, current);
    setLong(DURABLE, durable);
    setLong(LAST_USED, claimed ? 0 : idLimit);
    setLong(CLAIMED, claimed ? 1 : 0);
    setLong(ID_LIMIT, claimed ? idLimit : 0);
    setLong(LENGTHS, 1); // a killed process may have changed it
    setLong(MAGIC, MAGIC_VALUE); // private memory has none yet
    meeting = ThreadLocalRandom.current().nextLong() | 1;
    setLong(MEETING, meeting);
  }

  /** Joins the processes that have the database open already. */
  public void join(UUID databaseId, int pageSize) {
    UUID theirs = new UUID(getLong(DATABASE_ID), getLong(DATABASE_ID + Long.BYTES));
    if (!theirs.equals(databaseId) || getLong(BLOCK_SIZE) != LockBlocks.blockSize(pageSize)) {
      throw Refusals.otherDatabase(file.path(), theirs, databaseId);
    }
    blocks.setPageSize(pageSize);
    meeting = getLong(MEETING);
  }

  /** Entering is over. */
  public void entered() {
    entrance.unlock();
  }

  /**
   * Begins to leave: no other process enters or leaves until {@link #close}.
   *
   * @return whether this is the last process, so that it may truncate the file
   */
  public boolean leave() {
    if (!shared()) {
      return false;
    }
    entrance.lockFile();
    entrance.lockWord();
    return isMember() && !members.areOthers();
  }

  /**
   * Whether the lock file still names this process: false if a program overwrote it, or if other
   * processes took this one for dead.
   */
  public boolean isMember() {
    return members.isMember() && getLong(MEETING) == meeting;
  }

  /** Whether other processes took this one for dead; they may do the same work. */
  boolean isExpelled() {
    return !isMember() && getLong(MAGIC) == MAGIC_VALUE;
  }

  /** Whether the lock file was not deleted or replaced. */
  public boolean isNamed() {
    return !shared() || file.isNamed();
  }

  private long getLong(long offset) {
    return (long) LONG.getVolatile(header, offset);
  }

  private void setLong(long offset, long value) {
    LONG.setVolatile(header, offset, value);
  }

  public long session() {
    return members.session();
  }

  public Members members() {
    return members;
  }

  public Presence presence() {
    return presence;
  }

  // ---- commits

  public long current() {
    return (long) LONG.getVolatile(header, CURRENT);
  }

  /** As {@link #current}, checked: for use as a number, where only comparing needs no check. */
  public long checkedCurrent(long least) {
    return checked("newest commit", current(), least, lastUsed());
  }

  /** Volatile: readers publish a pin and then read this again. */
  public void setCurrent(long txnId) {
    setLong(CURRENT, txnId);
  }

  public long durable() {
    return usedId("durable commit", DURABLE, 0);
  }

  /** A word that names a transaction; its id is used before it is stored here. */
  private long usedId(String word, long offset, int above) {
    long found = getLong(offset); // before the other, which only rises
    return found == 0 ? 0 : checked(word, found, 0, lastUsed() + above);
  }

  /** See {@link LockBlocks#checked}. */
  public long checked(String word, long found, long least, long most) {
    return LockBlocks.checked(file, word, found, least, most);
  }

  public void setDurable(long txnId) {
    setLong(DURABLE, txnId);
  }

  /** The words about the commit log. */
  public LogWords log() {
    return log;
  }

  /** The newest commit known to be on disk, by a sync or by the commit log. */
  public long onDisk() {
    return Math.max(durable(), log.logged());
  }

  public long syncing() {
    return usedId("commit that is being synced", SYNCING, 0);
  }

  public void setSyncing(long txnId) {
    setLong(SYNCING, txnId);
  }

  /** Changes of the data file's length so far, by all processes. */
  long lengths() {
    return getLong(LENGTHS);
  }

  /** The data file's length is about to change, or may have changed. */
  void addLength() {
    long _ = (long) LONG.getAndAdd(header, LENGTHS, 1L);
  }

  /** How many of {@link #lengths} are on disk. */
  public long lengthsOnDisk() {
    return getLong(LENGTHS_ON_DISK);
  }

  void setLengthsOnDisk(long lengths) {
    setLong(LENGTHS_ON_DISK, lengths);
  }

  public long lastUsed() {
    return checked("last transaction id", getLong(LAST_USED), 0, PageHeader.LIMIT_U48 - 1);
  }

  public void setLastUsed(long txnId) {
    setLong(LAST_USED, txnId);
  }

  public long idLimit() {
    return getLong(ID_LIMIT);
  }

  public void setIdLimit(long txnId) {
    setLong(ID_LIMIT, txnId);
  }

  public boolean claimed() {
    return checked("mark of claimed ids", getLong(CLAIMED), 0, 1) != 0;
  }

  public void setClaimed(boolean claimed) {
    setLong(CLAIMED, claimed ? 1 : 0);
  }

  // ---- the writer

  /**
   * Takes the lock that one writer of all processes has; false if another process has it.
   *
   * @throws DatabaseFailedException if this process is no member any more
   */
  public boolean tryLockWriter() {
    if (!isMember()) {
      throw lost();
    }
    return writer.tryLock();
  }

  /** Whether a live process has the lock of {@link #tryLockWriter}. */
  public boolean hasWriter() {
    return writer.isTaken();
  }

  public void unlockWriter() {
    writer.unlock();
  }

  /** Whether this process still has the turn, and no other process wrote since it took it. */
  public boolean hasTurn() {
    return isMember() && writer.isHeld() && lastWriter() == session();
  }

  public DatabaseFailedException lost() {
    return Refusals.lost(file.path());
  }

  /**
   * The oldest snapshot that a reader without a slot may read, and with it all newer ones; {@link
   * Long#MAX_VALUE} without such readers. For the holder of the turn. The parameters are those of
   * {@link #unlistedFrom}.
   */
  public long heldFrom(boolean readers, long current) {
    return Math.min(unlistedFrom(readers, current), members.lowestFloor());
  }

  /**
   * The oldest snapshot that a process may read which cannot write the lock file; {@link
   * Long#MAX_VALUE} without such processes. For the holder of the turn.
   *
   * @param readers whether there are processes that read and cannot write the lock file; one that
   *     comes later reads nothing older than {@code current}
   * @param current the newest commit before that was asked
   */
  public long unlistedFrom(boolean readers, long current) {
    if (!readers) {
      setLong(UNLISTED, current);
      return Long.MAX_VALUE;
    }
    return checked("oldest commit of readers without slots", getLong(UNLISTED), 0, current);
  }

  /** The id of a transaction that a process began and did not end: it has died if one is found. */
  public long writing() {
    return usedId("running transaction", WRITING, 1);
  }

  public void setWriting(long txnId) {
    if (writer.isHeld()) {
      setLong(WRITING, txnId);
    }
  }

  /** The id of a commit that a process began and did not end: it has died if one is found. */
  public long committing() {
    return usedId("running commit", COMMITTING, 1);
  }

  public void setCommitting(long txnId) {
    if (writer.isHeld()) {
      setLong(COMMITTING, txnId);
    }
  }

  public HolderNote holderNote() {
    return new HolderNote(header.asSlice(HOLDER_NOTE, HolderNote.BYTES));
  }

  public long lastWriter() {
    return getLong(LAST_WRITER);
  }

  public void setLastWriter() {
    setLong(LAST_WRITER, session());
  }

  /** The session that waits for the writer lock; 0 for none. */
  public long nextWriter() {
    return getLong(NEXT_WRITER);
  }

  /** Announces that this process waits, unless another one is announced. */
  public void announceWriter() {
    boolean _ = LONG.compareAndSet(header, NEXT_WRITER, 0L, session());
  }

  /** Withdraws the announced session: it has the lock, or has gone. */
  public void withdrawWriter(long who) {
    boolean _ = LONG.compareAndSet(header, NEXT_WRITER, who, 0L);
  }

  // ---- blocks

  /** Blocks there are, the header's included: all have lower numbers. */
  public int blockCount() {
    return blocks.count();
  }

  /** Whether a block holds reader slots; else it holds a meta. */
  public boolean isSlots(int number) {
    return blocks.isOf(number, LockBlocks.SLOTS);
  }

  /** A block's memory; its number is below {@link #blockCount}. */
  public MemorySegment block(int number) {
    return blocks.block(number);
  }

  /** Adds a block; one of slots is this process's. */
  public synchronized int addBlock(long kind) {
    return whileNoMapChanges(() -> blocks.add(kind, session()));
  }

  /** Runs an action while no other process extends its map or truncates the file. */
  public synchronized <R> R whileNoMapChanges(Supplier<R> action) {
    if (growing) {
      return action.get();
    }
    Entrance.await(file.path(), grower, "changes its files' lengths");
    growing = true;
    try {
      return action.get();
    } finally {
      growing = false;
      grower.unlock();
    }
  }

  @Override
  public void close() {
    presence.end();
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try (file) {
      entrance.unlockWord();
      members.leave();
    }
  }
}
