package dev.pando.pager;

import dev.pando.error.DatabaseLockedException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A lock file of the operating system.
 *
 * <p>On POSIX systems, closing <em>any</em> channel on a file drops the locks that the whole JVM
 * has on it. So {@link OpenFiles} is asked first, and a file that is listed there is not opened.
 * The second channel, which mapping needs, stays open as long as the first. An interrupt would
 * close it: while locks are held, mapping runs on a thread that no other code can interrupt.
 */
final class FileStorageLock implements StorageLock {
  /** The byte that a process locks for a moment while it extends the file. */
  private static final long GROWING_POSITION = Long.MAX_VALUE - 32; // no data file has a lock here

  private static final long PATIENCE_NANOS = 20_000_000_000L;

  private static final long POLL_NANOS = 100_000;

  private final Path path;
  private final Set<String> keys;
  private final @Nullable Object fileKey;

  /** Null when the directory cannot be written, so that there is no lock file. */
  private final @Nullable AsynchronousFileChannel channel;

  /** Null when the file cannot be written. */
  private final @Nullable FileChannel mapping;

  private final Arena arena;
  private final @Nullable MemorySegment first;
  private final Map<Long, Held> held = new HashMap<>();
  private boolean closed;

  /** A byte that is locked, or will be. */
  private static final class Held {
    final boolean shared;

    /** Null if another process has it. */
    @Nullable FileLock lock;

    Held(boolean shared) {
      this.shared = shared;
    }
  }

  private FileStorageLock(
      Path path,
      Set<String> keys,
      @Nullable Object fileKey,
      @Nullable AsynchronousFileChannel channel,
      @Nullable FileChannel mapping,
      Arena arena,
      @Nullable MemorySegment first) {
    this.path = path;
    this.keys = keys;
    this.fileKey = fileKey;
    this.channel = channel;
    this.mapping = mapping;
    this.arena = arena;
    this.first = first;
  }

  /**
   * Opens a lock file, and makes one if there is none.
   *
   * @param required false if a database may be opened without a lock file, for reading
   */
  static FileStorageLock open(Path path, boolean required) throws IOException {
    Set<String> keys = new HashSet<>();
    boolean done = false;
    try {
      String name = path.toAbsolutePath().toString();
      boolean present = Files.exists(path);
      Object fileKey = null;
      if (present) {
        fileKey = ChannelPageFile.fileKey(path);
        add(keys, path, fileKey == null ? Set.of(name) : Set.of(name, fileKey.toString()));
      } else {
        add(keys, path, Set.of(name));
        present = required ? createIfMissing(path) : createIfPossible(path);
        if (present) {
          fileKey = ChannelPageFile.fileKey(path);
          add(keys, path, fileKey == null ? Set.of() : Set.of(fileKey.toString()));
        }
      }
      FileStorageLock lock =
          present
              ? open(path, required, keys, fileKey)
              : new FileStorageLock(path, keys, null, null, null, Arena.ofShared(), null);
      done = true;
      return lock;
    } finally {
      if (!done) {
        OpenFiles.remove(keys);
      }
    }
  }

  private static void add(Set<String> keys, Path path, Set<String> more) {
    if (!OpenFiles.add(more)) {
      throw openHere(path);
    }
    boolean _ = keys.addAll(more);
  }

  /** Creating opens the file only if it was not there, so that no lock of ours is dropped. */
  private static boolean createIfMissing(Path path) throws IOException {
    try {
      LockFileRights.create(path);
    } catch (FileAlreadyExistsException e) {
      return true; // another process was faster
    }
    return true;
  }

  /**
   * A database on a read-only disk can be read although there is no place for a lock. A user
   * without permission to write the database must not make its lock file: other users could not
   * write it.
   */
  private static boolean createIfPossible(Path path) throws IOException {
    try {
      return LockFileRights.mayCreate(path) && createIfMissing(path);
    } catch (AccessDeniedException e) {
      return false;
    } catch (FileSystemException e) {
      if (isReadOnly(e)) {
        return false;
      }
      throw e;
    }
  }

  private static boolean isReadOnly(FileSystemException e) {
    String reason = String.valueOf(e.getReason());
    return reason.startsWith("Read-only file system") || reason.startsWith("Operation not perm");
  }

  private static FileStorageLock open(
      Path path, boolean required, Set<String> keys, @Nullable Object fileKey) throws IOException {
    Arena arena = Arena.ofShared();
    AsynchronousFileChannel channel = null;
    Mapped mapped = null;
    boolean done = false;
    try {
      channel = openForWriting(path, required);
      if (channel == null) {
        done = true;
        return new FileStorageLock(path, keys, fileKey, null, null, arena, null);
      }
      if (channel.size() < FIRST_BYTES) {
        makeReady(path, channel);
      }
      mapped = mapFirst(path, arena);
      if (!LockFileMark.isIn(mapped.memory)) {
        makeReady(path, channel);
      }
      done = true;
      return new FileStorageLock(path, keys, fileKey, channel, mapped.by, arena, mapped.memory);
    } finally {
      if (!done) {
        arena.close();
        close(channel, mapped == null ? null : mapped.by);
      }
    }
  }

  private static void close(
      @Nullable AsynchronousFileChannel channel, @Nullable FileChannel mapping) throws IOException {
    try (channel;
        mapping) {
      // Both are closed, even if closing one fails.
    }
  }

  private static @Nullable AsynchronousFileChannel openForWriting(Path path, boolean required)
      throws IOException {
    try {
      return CallingThread.open(path, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
    } catch (AccessDeniedException e) {
      if (required) {
        throw e;
      }
    } catch (FileSystemException e) {
      if (required || !isReadOnly(e)) {
        throw e;
      }
    }
    return null;
  }

  /** One process at a time, so that none overwrites a file that another one uses already. */
  private static void makeReady(Path path, AsynchronousFileChannel channel) throws IOException {
    try (FileLock _ = await(path, channel)) {
      boolean marked = LockFileMark.isIn(channel);
      if (!marked) {
        LockFileMark.checkEmpty(path, channel);
      }
      appendZeros(channel, FIRST_BYTES);
      if (!marked) {
        LockFileMark.put(channel);
      }
    }
  }

  private static FileLock await(Path path, AsynchronousFileChannel channel) throws IOException {
    @Nullable FileLock[] taken = {null};
    boolean _ = LockWait.until(() -> isTaken(path, channel, taken), PATIENCE_NANOS, POLL_NANOS);
    FileLock lock = taken[0];
    if (lock == null) {
      throw new IOException("another process has been creating it for too long; end that process");
    }
    return lock;
  }

  private static boolean isTaken(
      Path path, AsynchronousFileChannel channel, @Nullable FileLock[] taken) throws IOException {
    try {
      taken[0] = CallingThread.tryLock(channel, GROWING_POSITION, 1, false);
      return taken[0] != null;
    } catch (OverlappingFileLockException e) {
      throw openHere(path); // a program of this JVM locks the file by itself
    }
  }

  private static void appendZeros(AsynchronousFileChannel channel, long newSize)
      throws IOException {
    long size = channel.size();
    if (size < newSize) {
      Transfer.write(
          (buffer, at) -> CallingThread.result(channel.write(buffer, at)),
          ByteBuffer.allocate(Math.toIntExact(newSize - size)),
          size);
    }
  }

  private record Mapped(FileChannel by, MemorySegment memory) {}

  /** An interrupt closes the channel, but no lock is held yet that this could drop. */
  private static Mapped mapFirst(Path path, Arena arena) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        FileChannel by = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
          return new Mapped(by, by.map(FileChannel.MapMode.READ_WRITE, 0, FIRST_BYTES, arena));
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        } catch (IOException e) {
          by.close();
          throw IoFailure.ofMap(path, FIRST_BYTES, e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  static DatabaseLockedException openHere(Path path) {
    long pid = ProcessHandle.current().pid();
    return new DatabaseLockedException(
        path.toString(),
        pid,
        "the database is open in this JVM already (process "
            + pid
            + "); share that one Database object, or close it first");
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public boolean writable() {
    return mapping != null;
  }

  @Override
  public synchronized boolean tryLock(long position, boolean exclusive) {
    AsynchronousFileChannel open = channel;
    if (open == null) {
      return true;
    }
    Held mine = new Held(!exclusive);
    Held before = held.put(position, mine); // first: an unrecorded lock would stay for ever
    try {
      StackRoom.forChannel();
      mine.lock = CallingThread.tryLock(open, position, 1, !exclusive);
      return mine.lock != null;
    } catch (OverlappingFileLockException e) {
      throw openHere(path);
    } catch (IOException e) {
      throw IoFailure.of(path, "lock", e);
    } finally {
      if (mine.lock == null) {
        putBack(position, before);
      }
    }
  }

  private void putBack(long position, @Nullable Held before) {
    if (before == null) {
      Held _ = held.remove(position);
    } else {
      Held _ = held.replace(position, before);
    }
  }

  @Override
  public synchronized void unlock(long position) {
    Held byteHeld = held.remove(position);
    if (byteHeld != null && byteHeld.lock != null) {
      try {
        byteHeld.lock.release();
      } catch (IOException e) {
        throw IoFailure.of(path, "unlock", e);
      }
    }
  }

  /** Java does not lock a byte twice, so each byte is free for a moment. */
  @Override
  public synchronized void lockAgain() {
    AsynchronousFileChannel open = channel;
    if (open == null || closed) {
      return;
    }
    try {
      for (Map.Entry<Long, Held> entry : held.entrySet()) {
        Held byteHeld = entry.getValue();
        if (byteHeld.lock != null) {
          byteHeld.lock.release();
        }
        byteHeld.lock = null;
        byteHeld.lock = CallingThread.tryLock(open, entry.getKey(), 1, byteHeld.shared);
      }
    } catch (OverlappingFileLockException e) {
      // A program of this JVM locks the file by itself.
    } catch (IOException e) {
      throw IoFailure.of(path, "lock", e);
    }
  }

  @Override
  public long fileNumber() {
    return fileKey == null ? 0 : fileKey.toString().hashCode() | 1L << 32;
  }

  private AsynchronousFileChannel channel() {
    if (channel == null) {
      throw new IllegalStateException(path + ": there is no lock file");
    }
    return channel;
  }

  @Override
  public long size() {
    try {
      return channel().size();
    } catch (IOException e) {
      throw IoFailure.of(path, "ask for the size", e);
    }
  }

  @Override
  public void grow(long newSize) {
    try {
      appendZeros(channel(), newSize);
    } catch (IOException e) {
      throw IoFailure.of(path, "grow to " + newSize + " bytes", e);
    }
  }

  @Override
  public void truncate(long newSize) {
    try {
      AsynchronousFileChannel _ = channel().truncate(newSize);
    } catch (IOException e) {
      throw IoFailure.of(path, "truncate to " + newSize + " bytes", e);
    }
  }

  @Override
  public MemorySegment map(long offset, long bytes) {
    MemorySegment mapped = first;
    if (mapped != null && offset + bytes <= FIRST_BYTES) {
      return mapped.asSlice(offset, bytes);
    }
    FileChannel open = mapping;
    if (open == null) {
      throw new IllegalStateException(path + ": the lock file cannot be written");
    }
    try {
      return OwnThread.call(
          () -> open.map(FileChannel.MapMode.READ_WRITE, offset, bytes, arena), "pando-map");
    } catch (IOException e) {
      throw IoFailure.ofMap(path, bytes, e);
    }
  }

  @Override
  public boolean isNamed() {
    try {
      return Objects.equals(fileKey, ChannelPageFile.fileKey(path));
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw IoFailure.of(path, "look for the file", e);
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    arena.close();
    try {
      held.clear();
      close(channel, mapping);
    } catch (IOException e) {
      throw IoFailure.of(path, "unlock", e);
    } finally {
      OpenFiles.remove(keys); // after the channels: closing them would drop another one's locks
    }
  }
}
