package dev.pando.pager;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One open file. Reading, mapping and syncing are thread-safe; writing, growing and truncating are
 * for one thread at a time. An interrupt of the calling thread neither fails an operation nor
 * closes the file, and stays set. Every failure is a {@link dev.pando.error.StorageException};
 * using a closed file is an {@link IllegalStateException}.
 */
public interface PageFile extends AutoCloseable {
  /** The file's name, as it was opened. */
  Path path();

  /** Whether no other process can have it open. */
  default boolean isPrivate() {
    return false;
  }

  /** Bytes in the file. */
  long size();

  /** Whether it was opened for writing. */
  boolean writable();

  /**
   * Fills the buffer from its position to its limit.
   *
   * @throws dev.pando.error.CorruptFileException if the file ends before the buffer is full
   */
  void read(ByteBuffer target, long offset);

  /**
   * Writes the buffer from its position to its limit. Not on disk before {@link #sync}.
   *
   * @throws dev.pando.error.DatabaseFullException if there is no room: any part may be written
   */
  void write(ByteBuffer source, long offset);

  /** Makes ready for {@link #writeThrough}, whose first call would fail otherwise. */
  default void prepareWriteThrough() {}

  /**
   * Writes the buffer from its position to its limit and puts these bytes on disk, whatever else
   * was written. They must be within the length that the last sync put on disk. For one thread at a
   * time, beside all other calls.
   */
  void writeThrough(ByteBuffer source, long offset);

  /**
   * Makes the file at least this long; the new bytes are zeros that really take their room on disk.
   *
   * @throws dev.pando.error.DatabaseFullException if there is no room; the file keeps its length
   */
  void grow(long newSize);

  /**
   * Bytes by which the file can probably grow: the room on its disk, which others may take first.
   * Costs a system call.
   *
   * @return {@link Long#MAX_VALUE} if that is not known
   */
  default long room() {
    return Long.MAX_VALUE;
  }

  /**
   * Looks whether the file has room in memory; called about once a second, by one thread at a time.
   * While it has none, pages are read with a call before they are read through a map.
   *
   * @return whether memory has just become short: {@link PageMap#fetchAgain} is to be called
   */
  default boolean lookAtMemory() {
    return false;
  }

  /** Makes the file at most this long. No map of the file may reach beyond. */
  void truncate(long newSize);

  /**
   * Whether the file still has the name under which it was opened: false once it was deleted or
   * renamed, or another one was put in its place. Costs a system call.
   *
   * @throws dev.pando.error.StorageIoException if the system does not say
   */
  boolean isNamed();

  /**
   * Puts on disk what was written.
   *
   * @param metadataToo the length as well: needed after growing or truncating
   */
  void sync(boolean metadataToo);

  /**
   * Maps the first pages for reading.
   *
   * @param previous an earlier map of this file: pages verified there need not be verified again
   * @return a map with one reference, to be given back with {@link PageMap#release()}
   * @throws dev.pando.error.CorruptFileException if the file is shorter
   */
  PageMap map(int pageSize, long pageCount, Checksums mode, @Nullable PageMap previous);

  /**
   * Locks the file itself against other processes: a second defence, in case its lock file was
   * deleted. Releases a lock that was taken before. Freed by {@link #close}.
   *
   * @param exclusive false lets other processes lock it so, too
   * @return false if another process holds it in a way that excludes this one; nothing is held then
   */
  boolean tryLock(boolean exclusive);

  /**
   * Tells processes that write that this one reads, though it cannot write the lock file. Holds
   * until {@link #close}; any number of processes may do so.
   */
  default void lockAsReader() {}

  /** Whether another process reads so. For files that are open for writing; two system calls. */
  default boolean hasReaders() {
    return false;
  }

  /** Takes the locks again that this process holds; see {@link StorageLock#lockAgain}. */
  default void lockAgain() {}

  /** Closes the file; maps of it stay valid. A second call does nothing. */
  @Override
  void close();
}
