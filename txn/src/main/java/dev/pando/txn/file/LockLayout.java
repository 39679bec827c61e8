package dev.pando.txn.file;

import dev.pando.pager.StorageLock;

/**
 * The offsets of the words in a lock file's header, in bytes, and the bytes of the file that are
 * locks. Blocks follow the header: see {@link LockBlocks}.
 */
final class LockLayout {
  static final long MAGIC_VALUE = StorageLock.MARK | 5;

  // Words that different threads change are on cache lines of their own.

  static final long MAGIC = 0;
  static final long BLOCK_SIZE = 8;
  static final long DATABASE_ID = 16;
  static final long BLOCKS = 32;
  static final long SESSIONS = 40;

  /** Chosen at random by each process that begins alone. */
  static final long MEETING = 48;

  static final long RECORDS_USED = 56;

  /** The newest commit that may be read. */
  static final long CURRENT = 64;

  /** The newest commit known to be on disk. */
  static final long DURABLE = 128;

  /** A commit that a running sync will make durable; 0 for none. */
  static final long SYNCING = 136;

  /** How many of the changes of the data file's length are on disk. */
  static final long LENGTHS_ON_DISK = 144;

  /** The newest commit whose record in the commit log is on disk. */
  static final long LOGGED = 152;

  /** 1 if the process that began alone has left out what the commit log may have. */
  static final long LOG_IGNORED = 160;

  /** The newest transaction id that may have been used. */
  static final long LAST_USED = 192;

  /** Whether ids up to that one are all known. */
  static final long CLAIMED = 200;

  /** The highest id that a transaction may use; 0 while no process has claimed ids. */
  static final long ID_LIMIT = 336;

  /** The id of the running write transaction; 0 for none. */
  static final long WRITING = 208;

  /** A commit whose meta may be written, but which readers may not see yet; 0 for none. */
  static final long COMMITTING = 240;

  /** The session that wrote last. */
  static final long LAST_WRITER = 216;

  /** The session that waits for the writer lock; 0 for none. */
  static final long NEXT_WRITER = 224;

  /** Counts changes of the data file's length. */
  static final long LENGTHS = 232;

  /** The newest commit when no reader was seen that has no slot; see {@link LockFile#heldFrom}. */
  static final long UNLISTED = 248;

  /** The end of the words that a process that is alone sets to zero. */
  static final long STATE_END = 256;

  /** The session that has the turn to write. */
  static final long WRITER = 256;

  /** The session that opens or closes the database. */
  static final long OPENER = 320;

  /** The session that changes the lengths of files, or makes longer maps. */
  static final long GROWER = 328;

  /** See {@link HolderNote}. */
  static final long HOLDER_NOTE = 384;

  static final long RECORDS = 1024;

  /** Bytes before the first block. */
  static final long HEADER_BYTES = 64 << 10;

  // Locks, far after all blocks: where locks are mandatory, they must not be in the way.

  static final long OPENING_LOCK = 1L << 62;
  static final long SESSION_LOCK = OPENING_LOCK + 1;
  static final long MEMBER_LOCKS = OPENING_LOCK + 1024;

  private LockLayout() {}
}
