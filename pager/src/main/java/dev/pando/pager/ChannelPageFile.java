package dev.pando.pager;

import dev.pando.error.CorruptFileException;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.StorageException;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file of the operating system. One channel that interrupts cannot close does all but mapping.
 * Maps are made by a channel of their own, opened for reading only: mapping by a writable channel
 * would extend the file.
 */
final class ChannelPageFile implements PageFile {
  /**
   * Bytes that one call writes at most, and never across a multiple of this number. The kernel
   * keeps what one call appends as one folio of the page cache, up to 2 MiB, and ext4 then walks
   * all blocks of the folio at each later write of a single page, and again when it puts that page
   * on disk.
   */
  private static final int PIECE_BYTES = 64 << 10;

  private static final long PATIENCE_NANOS = 1_000_000_000;
  private static final long POLL_NANOS = 100_000;

  /** Beyond all pages: where locks are mandatory, they must not refuse reads of pages. */
  private static final long LOCK_POSITION = Long.MAX_VALUE - 8;

  /** The byte that processes lock that read and cannot write the lock file. */
  private static final long READERS_POSITION = LOCK_POSITION - 8;

  private final Path path;
  private final AsynchronousFileChannel channel;
  private final boolean writable;
  private final MapLayout layout;
  private final @Nullable Object fileKey;

  /** The file is known to be this long; only the writing thread uses it. */
  private long knownSize;

  /**
   * Makes the maps. Open as long as {@link #channel}: closing any channel of a file drops all locks
   * that this JVM has on it.
   */
  private @Nullable FileChannel mapping;

  /**
   * Puts on disk what it writes, and nothing else. Made when first used, and open as long as {@link
   * #channel}, for the same reason.
   */
  private @Nullable AsynchronousFileChannel through;

  private final PageFetch fetch = new PageFetch(this);
  private final SteadyLock lock;
  private final SteadyLock readerLock;
  private boolean closed;

  /** The length changed since the last sync that put lengths on disk. */
  private volatile boolean lengthUnsynced;

  private ChannelPageFile(
      Path path, AsynchronousFileChannel channel, boolean writable, MapLayout layout)
      throws IOException {
    this.path = path;
    this.layout = layout;
    this.channel = channel;
    this.writable = writable;
    this.fileKey = fileKey(path);
    this.knownSize = channel.size();
    this.lock = new SteadyLock(channel, LOCK_POSITION);
    this.readerLock = new SteadyLock(channel, READERS_POSITION);
  }

  static ChannelPageFile open(Path path, Set<? extends OpenOption> options, MapLayout layout)
      throws IOException {
    boolean creates = options.contains(StandardOpenOption.CREATE_NEW);
    Object key = creates ? null : fileKey(path);
    add(path, key);
    AsynchronousFileChannel channel = null;
    boolean done = false;
    try {
      channel = CallingThread.open(path, options);
      boolean writable = options.contains(StandardOpenOption.WRITE);
      ChannelPageFile file = new ChannelPageFile(path, channel, writable, layout);
      if (creates) {
        add(path, file.fileKey);
        key = file.fileKey;
      } else if (!Objects.equals(key, file.fileKey)) {
        throw new IOException("another file took this name while it was being opened");
      }
      done = true;
      return file;
    } finally {
      if (!done) {
        if (channel != null) {
          channel.close();
        }
        remove(key);
      }
    }
  }

  private static void add(Path path, @Nullable Object key) {
    if (key != null && !OpenFiles.add(keys(key))) {
      throw FileStorageLock.openHere(path);
    }
  }

  private static void remove(@Nullable Object key) {
    if (key != null) {
      OpenFiles.remove(keys(key));
    }
  }

  private static Set<String> keys(Object fileKey) {
    return Set.of(fileKey.toString());
  }

  /** Tells files of the same name apart; null where the system has no such key. */
  static @Nullable Object fileKey(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public long size() {
    StackRoom.forChannel();
    try {
      return channel.size();
    } catch (IOException e) {
      throw IoFailure.of(path, "ask for the size", e);
    }
  }

  @Override
  public boolean writable() {
    return writable;
  }

  @Override
  public void read(ByteBuffer target, long offset) {
    int bytes = target.remaining();
    StackRoom.forChannel();
    try {
      Transfer.read((buffer, at) -> CallingThread.result(channel.read(buffer, at)), target, offset);
    } catch (EOFException e) {
      throw new CorruptFileException(
          path.toString(),
          -1,
          "the file ends at "
              + size()
              + ", the read needs "
              + bytes
              + " bytes at "
              + offset
              + ": it was truncated");
    } catch (IOException e) {
      throw IoFailure.of(path, "read " + bytes + " bytes at " + offset, e);
    }
  }

  @Override
  public void write(ByteBuffer source, long offset) {
    checkWritable();
    int bytes = source.remaining();
    try {
      writeAll(source, offset);
    } catch (IOException e) {
      throw IoFailure.of(path, "write " + bytes + " bytes at " + offset, e);
    }
  }

  @Override
  public void writeThrough(ByteBuffer source, long offset) {
    checkWritable();
    StackRoom.forChannel();
    int bytes = source.remaining();
    try {
      AsynchronousFileChannel open = through();
      Transfer.write((buffer, at) -> CallingThread.result(open.write(buffer, at)), source, offset);
    } catch (IOException e) {
      throw IoFailure.of(path, "write through " + bytes + " bytes at " + offset, e);
    }
  }

  @Override
  public void prepareWriteThrough() {
    StackRoom.forChannel();
    try {
      AsynchronousFileChannel _ = through();
    } catch (IOException e) {
      throw IoFailure.of(path, "open for writing through", e);
    }
  }

  /** For tests. */
  PageFetch fetch() {
    return fetch;
  }

  @Override
  public boolean lookAtMemory() {
    return fetch.look();
  }

  private synchronized AsynchronousFileChannel through() throws IOException {
    AsynchronousFileChannel open = through;
    if (open == null) {
      open = CallingThread.open(path, Set.of(StandardOpenOption.WRITE, StandardOpenOption.DSYNC));
      try {
        checkSameFile();
      } catch (IOException e) {
        open.close();
        throw e;
      }
      through = open;
    }
    return open;
  }

  private void writeAll(ByteBuffer source, long offset) throws IOException {
    StackRoom.forChannel();
    long end = offset + source.remaining();
    boolean grows = end > knownSize;
    if (grows) {
      lengthUnsynced = true; // before the write: one that fails may extend the file, too
    }
    long start = offset - source.position();
    int limit = source.limit();
    while (source.position() < limit) {
      long at = start + source.position();
      long pieceEnd = (at / PIECE_BYTES + 1) * PIECE_BYTES;
      source.limit((int) Math.min(limit, pieceEnd - start));
      Transfer.write((buffer, to) -> CallingThread.result(channel.write(buffer, to)), source, at);
    }
    if (grows) {
      lengthUnsynced = true; // and after it: another thread may have synced meanwhile
    }
    knownSize = Math.max(knownSize, end);
  }

  @Override
  public void grow(long newSize) {
    checkWritable();
    long before = size();
    knownSize = before;
    String action = "grow from " + before + " to " + newSize + " bytes";
    try {
      ByteBuffer zeros = ByteBuffer.allocateDirect(Math.clamp(newSize - before, 0, PIECE_BYTES));
      for (long at = before; at < newSize; at += zeros.limit()) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), newSize - at));
        writeAll(zeros, at);
      }
    } catch (IOException e) {
      StorageException failure = IoFailure.of(path, action, e);
      if (failure instanceof DatabaseFullException) {
        shrinkAfter(failure, before);
      }
      throw failure;
    }
  }

  @Override
  public long room() {
    return path.toFile().getUsableSpace(); // 0 also if it is unknown: then room is taken
  }

  private void shrinkAfter(StorageException failure, long size) {
    try {
      truncate(size);
    } catch (StorageException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void truncate(long newSize) {
    checkWritable();
    if (newSize < 0) {
      throw new IllegalArgumentException("size=" + newSize + ", allowed: 0 up");
    }
    StackRoom.forChannel();
    try {
      lengthUnsynced = true;
      AsynchronousFileChannel _ = channel.truncate(newSize);
      knownSize = channel.size();
    } catch (IOException e) {
      throw IoFailure.of(path, "truncate to " + newSize + " bytes", e);
    }
  }

  @Override
  public void sync(boolean metadataToo) {
    StackRoom.forChannel();
    boolean all = metadataToo || lengthUnsynced;
    lengthUnsynced = false; // before: a write that comes meanwhile may set it again
    try {
      channel.force(all);
    } catch (IOException e) {
      lengthUnsynced = true;
      throw IoFailure.of(path, "sync", e);
    }
  }

  @Override
  public PageMap map(int pageSize, long pageCount, Checksums mode, @Nullable PageMap previous) {
    PageHeader.checkPageSize(pageSize);
    long bytes = Math.multiplyExact(pageCount, pageSize);
    if (size() < bytes) {
      throw new CorruptFileException(
          path.toString(),
          -1,
          "the file is "
              + size()
              + " bytes long, "
              + pageCount
              + " pages of "
              + pageSize
              + " bytes are "
              + bytes
              + ": it was truncated; restore it from a copy");
    }
    StackRoom.forChannel();
    MapPieces before = previous == null ? null : previous.pieces();
    MapPieces pieces = MapPieces.upTo(bytes, layout, before, this::mapPiece);
    try {
      return PageMap.of(path.toString(), pieces, pageSize, pageCount, mode, previous, fetch);
    } catch (RuntimeException e) {
      pieces.release();
      throw e;
    }
  }

  private MapPiece mapPiece(long start, long end) {
    Arena arena = Arena.ofShared();
    try {
      return new MapPiece(start, mapUninterrupted(start, end - start, arena), arena);
    } catch (IOException e) {
      arena.close();
      throw IoFailure.ofMap(path, end - start, e);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /**
   * An interrupt closes a FileChannel, so it waits until the map is made. An interrupt that comes
   * meanwhile drops the lock for a moment.
   */
  private synchronized MemorySegment mapUninterrupted(long start, long bytes, Arena arena)
      throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return mapping().map(FileChannel.MapMode.READ_ONLY, start, bytes, arena);
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
          mapping = null;
          relock();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private FileChannel mapping() throws IOException {
    FileChannel open = mapping;
    if (open == null) {
      open = FileChannel.open(path, StandardOpenOption.READ);
      try {
        checkSameFile();
      } catch (IOException e) {
        open.close();
        throw e;
      }
      mapping = open;
    }
    return open;
  }

  /** A process that opens the file holds the lock exclusively for a moment. */
  private void relock() throws IOException {
    await(
        () -> lock.again() && readerLock.again(),
        "another process has locked the file while it was open");
  }

  private static void await(LockWait.Attempt<IOException> taken, String reason) throws IOException {
    if (!LockWait.until(taken, PATIENCE_NANOS, POLL_NANOS)) {
      throw new IOException(reason);
    }
  }

  @Override
  public synchronized boolean tryLock(boolean exclusive) {
    StackRoom.forChannel();
    try {
      return exclusive ? lock.tryExclusive() : lock.tryShared();
    } catch (IOException e) {
      throw IoFailure.of(path, "lock", e);
    }
  }

  @Override
  public synchronized void lockAsReader() {
    StackRoom.forChannel();
    try {
      // A process that writes locks it for a moment, to see whether it is free.
      await(readerLock::tryShared, "another process holds the lock of readers");
    } catch (IOException e) {
      throw IoFailure.of(path, "lock", e);
    }
  }

  @Override
  public synchronized boolean hasReaders() {
    StackRoom.forChannel();
    try {
      return !readerLock.isFree();
    } catch (IOException e) {
      throw IoFailure.of(path, "lock", e);
    }
  }

  @Override
  public synchronized void lockAgain() {
    if (!closed) {
      try {
        relock();
      } catch (IOException e) {
        throw IoFailure.of(path, "lock", e);
      }
    }
  }

  @Override
  public boolean isNamed() {
    try {
      return Objects.equals(fileKey, fileKey(path));
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw IoFailure.of(path, "look for the file", e);
    }
  }

  private void checkSameFile() throws IOException {
    if (!Objects.equals(fileKey, fileKey(path))) {
      throw new IOException("another file took this name while the database was open");
    }
  }

  private void checkWritable() {
    if (!writable) {
      throw new IllegalStateException(path + ": the file is open for reading only");
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (FileChannel _ = mapping;
        AsynchronousFileChannel _ = through) {
      channel.close();
    } catch (IOException e) {
      throw IoFailure.of(path, "close", e);
    } finally {
      remove(fileKey); // after the channels: closing them would drop another one's locks
    }
  }
}
