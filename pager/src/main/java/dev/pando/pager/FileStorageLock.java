package dev.pando.pager;

import dev.pando.error.DatabaseLockedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A lock on a lock file, which holds the locker's pid as text.
 *
 * <p>On POSIX systems, closing <em>any</em> channel on a file drops the locks that the whole JVM
 * has on it. So a registry of held files comes first, by name and by the system's file key, and a
 * file that is in it is not even opened.
 */
final class FileStorageLock implements StorageLock {
  private static final int PID_BYTES = 20;

  /** Names and file keys of all lock files that this JVM holds; its monitor guards locking. */
  private static final Set<Object> HELD = new HashSet<>();

  private final Path path;
  private final boolean exclusive;
  private final Set<Object> keys;

  /** Null when the directory cannot be written, so that there is no lock file. */
  private final @Nullable AsynchronousFileChannel channel;

  /** Whether the pid in the file is this process's. */
  private final boolean namesUs;

  private boolean closed;

  private FileStorageLock(
      Path path,
      boolean exclusive,
      Set<Object> keys,
      @Nullable AsynchronousFileChannel channel,
      boolean namesUs) {
    this.path = path;
    this.exclusive = exclusive;
    this.keys = keys;
    this.channel = channel;
    this.namesUs = namesUs;
  }

  static FileStorageLock acquire(Path path, boolean exclusive) throws IOException {
    synchronized (HELD) {
      boolean present = exclusive ? createIfMissing(path) : createIfPossible(path);
      Set<Object> keys = keys(path, present);
      if (keys.stream().anyMatch(HELD::contains)) {
        throw heldHere(path);
      }
      FileStorageLock lock =
          present
              ? lock(path, exclusive, keys)
              : new FileStorageLock(path, false, keys, null, false);
      HELD.addAll(keys);
      return lock;
    }
  }

  /** Creating opens the file only if it was not there, so that no lock of ours is dropped. */
  private static boolean createIfMissing(Path path) throws IOException {
    if (!Files.exists(path)) {
      try {
        Path _ = Files.createFile(path);
      } catch (FileAlreadyExistsException e) {
        return true; // another process was faster
      }
    }
    return true;
  }

  /** A database on a read-only disk can be read although there is no place for a lock. */
  private static boolean createIfPossible(Path path) throws IOException {
    try {
      return createIfMissing(path);
    } catch (AccessDeniedException e) {
      return false;
    } catch (FileSystemException e) {
      if (String.valueOf(e.getReason()).startsWith("Read-only file system")) {
        return false;
      }
      throw e;
    }
  }

  private static Set<Object> keys(Path path, boolean present) throws IOException {
    Set<Object> keys = new HashSet<>();
    keys.add(DatabaseFile.directory(path).toRealPath().resolve(path.getFileName()));
    if (present) {
      Object fileKey = ChannelPageFile.fileKey(path);
      if (fileKey != null) {
        keys.add(fileKey);
      }
    }
    return keys;
  }

  private static FileStorageLock lock(Path path, boolean exclusive, Set<Object> keys)
      throws IOException {
    boolean writable = exclusive || Files.isWritable(path);
    AsynchronousFileChannel channel =
        CallingThread.open(
            path,
            writable
                ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE)
                : Set.of(StandardOpenOption.READ));
    boolean done = false;
    boolean leaveOpen = false;
    try {
      FileLock held = channel.tryLock(0, Long.MAX_VALUE, !exclusive);
      if (held == null) {
        throw heldElsewhere(path, channel);
      }
      boolean namesUs = writable && writePid(channel);
      done = true;
      return new FileStorageLock(path, exclusive, keys, channel, namesUs);
    } catch (OverlappingFileLockException e) {
      leaveOpen = true; // another class loader's copy of us holds it: closing would drop its lock
      throw heldHere(path);
    } finally {
      if (!done && !leaveOpen) {
        channel.close();
      }
    }
  }

  /** The pid only serves messages: a full disk must not keep a database from being opened. */
  private static boolean writePid(AsynchronousFileChannel channel) {
    byte[] text = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
    try {
      AsynchronousFileChannel _ = channel.truncate(0);
      Transfer.write(
          (buffer, at) -> CallingThread.result(channel.write(buffer, at)),
          ByteBuffer.wrap(text),
          0);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static DatabaseLockedException heldHere(Path path) {
    long pid = ProcessHandle.current().pid();
    return new DatabaseLockedException(
        path.toString(),
        pid,
        "the database is open in this JVM already (process "
            + pid
            + "); share that one Database object, or close it first");
  }

  private static DatabaseLockedException heldElsewhere(Path path, AsynchronousFileChannel channel) {
    long pid = readPid(channel);
    String holder = pid < 0 ? "another process" : "process " + pid;
    return new DatabaseLockedException(
        path.toString(), pid, "the database is open in " + holder + "; close it there first");
  }

  /** The pid in the file, or -1: a reader that could not write it may hold the lock. */
  private static long readPid(AsynchronousFileChannel channel) {
    ByteBuffer text = ByteBuffer.allocate(PID_BYTES);
    try {
      int length = CallingThread.result(channel.read(text, 0));
      if (length <= 0) {
        return -1;
      }
      String digits = new String(text.array(), 0, length, StandardCharsets.US_ASCII).strip();
      long pid = Long.parseLong(digits);
      return pid > 0 && ProcessHandle.of(pid).isPresent() ? pid : -1;
    } catch (IOException | NumberFormatException e) {
      return -1;
    }
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public boolean exclusive() {
    return exclusive;
  }

  @Override
  public void close() {
    synchronized (HELD) {
      if (closed) {
        return;
      }
      closed = true;
      HELD.removeAll(keys);
      if (channel != null) {
        close(channel);
      }
    }
  }

  /** Only a writer empties the file: the text may be another reader's. */
  private void close(AsynchronousFileChannel open) {
    try (open) {
      if (exclusive && namesUs) {
        AsynchronousFileChannel _ = open.truncate(0);
      }
    } catch (IOException e) {
      throw IoFailure.of(path, "unlock", e);
    }
  }
}
