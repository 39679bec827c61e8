package dev.pando.pager;

import dev.pando.error.StorageIoException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.Path;

/**
 * Tells lock files of Pando from other files: another program may have a file of that name, even a
 * database. A file of zeros is accepted as well, because a power cut may leave one.
 */
final class LockFileMark {
  private static final long VERSION = 0xFF;

  /** Bytes of the longest file that a power cut may leave. */
  private static final long MOST_ZEROS = 16 << 20;

  private static final int PIECE = 64 << 10;

  private LockFileMark() {}

  /** Whether the file has the mark. */
  static boolean isIn(AsynchronousFileChannel channel) throws IOException {
    if (channel.size() < Long.BYTES) {
      return false;
    }
    ByteBuffer word = read(channel, 0, Long.BYTES).order(ByteOrder.nativeOrder());
    return isMark(word.getLong(0));
  }

  /** Whether the mapped file has the mark: a look there costs no call of the system. */
  static boolean isIn(MemorySegment first) {
    return isMark(first.get(ValueLayout.JAVA_LONG, 0));
  }

  private static boolean isMark(long word) {
    return (word & ~VERSION) == StorageLock.MARK;
  }

  private static ByteBuffer read(AsynchronousFileChannel channel, long at, int bytes)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    Transfer.read((target, from) -> CallingThread.result(channel.read(target, from)), buffer, at);
    return buffer.flip();
  }

  /** Refuses a file without the mark, unless it is all zeros. */
  static void checkEmpty(Path path, AsynchronousFileChannel channel) throws IOException {
    long size = channel.size();
    boolean isEmpty = size <= MOST_ZEROS;
    for (long at = 0; isEmpty && at < size; at += PIECE) {
      ByteBuffer piece = read(channel, at, (int) Math.min(PIECE, size - at));
      isEmpty = piece.mismatch(ByteBuffer.allocate(piece.limit())) < 0;
    }
    if (!isEmpty) {
      throw new StorageIoException(
          path
              + ": has the name of the database's lock file, but is something else; it was not"
              + " touched; give it or the database another name",
          null);
    }
  }

  /**
   * Writes the mark into a file of zeros, and syncs it before other bytes are written: so after a
   * power cut there is either the mark or zeros.
   */
  static void put(AsynchronousFileChannel channel) throws IOException {
    ByteBuffer word = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
    Transfer.write(
        (source, at) -> CallingThread.result(channel.write(source, at)),
        word.putLong(0, StorageLock.MARK),
        0);
    channel.force(true);
  }
}
