package dev.pando.ratis;

import dev.pando.BackupForm;
import dev.pando.BackupReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;

/**
 * Makes the snapshot files that Ratis sends to peers that lag. A snapshot begins with a name for
 * the newest commit, which copies nothing. A thread then backs up the database to the file, while
 * entries are applied. The backup has later commits as well; a peer that installs it goes back to
 * the name.
 *
 * <p>A snapshot counts, and Ratis purges the log up to it, only when its file is on disk. Called by
 * one thread.
 */
final class SnapshotFiles {
  private final ReplicaDatabase database;
  private final SnapshotStorage storage;
  private @Nullable CompletableFuture<Long> running;
  private volatile boolean cancelled;

  SnapshotFiles(ReplicaDatabase database, SnapshotStorage storage) {
    this.database = database;
    this.storage = storage;
  }

  /** The name of the snapshot inside of its own file. */
  static String nameOf(Applied applied) {
    return SimpleStateMachineStorage.getSnapshotFileName(applied.term(), applied.index());
  }

  boolean isRunning() {
    return running != null;
  }

  /** Whether the file that was begun last is complete, or has failed. */
  boolean isDone() {
    return running != null && running.isDone();
  }

  /** Begins a file of what is applied. */
  void begin() {
    Applied applied = database.applied();
    database.keep(nameOf(applied));
    cancelled = false;
    running = new CompletableFuture<>();
    CompletableFuture<Long> mine = running;
    Thread _ =
        Thread.ofPlatform()
            .name("snapshot " + nameOf(applied))
            .daemon()
            .start(() -> run(applied, mine));
  }

  /**
   * Waits for the file that was begun.
   *
   * @return the index of the log up to which it has everything
   * @throws IOException if it could not be written
   */
  long finish() throws IOException {
    CompletableFuture<Long> begun = running;
    running = null;
    if (begun == null) {
      throw new IllegalStateException("no snapshot was begun");
    }
    try {
      return begun.join();
    } catch (CompletionException | CancellationException e) {
      throw new IOException(
          "The snapshot was not written, and the log is kept: " + e.getMessage(), e);
    }
  }

  /** Ends the thread; the file that it writes is left out. */
  void cancel() {
    CompletableFuture<Long> begun = running;
    running = null;
    if (begun != null) {
      cancelled = true;
      begun.handle((_, _) -> true).join();
    }
  }

  private void run(Applied applied, CompletableFuture<Long> completes) {
    try {
      Path partial = storage.partialFor(applied);
      MD5Hash digest = copyTo(partial);
      database.drop(nameOf(applied));
      SingleFileSnapshotInfo made = storage.publish(partial, applied, digest);
      boolean _ = completes.complete(made.getIndex());
    } catch (IOException | RuntimeException | Error e) {
      dropQuietly(nameOf(applied)); // first, because cancel() waits for the end of this
      boolean _ = completes.completeExceptionally(e);
    }
  }

  /** A name that stays is dropped when the database is opened again. */
  private void dropQuietly(String name) {
    try {
      database.drop(name);
    } catch (RuntimeException _) {
      // the first failure is reported
    }
  }

  private MD5Hash copyTo(Path partial) throws IOException {
    MessageDigest digest = MD5FileUtil.newMD5();
    try (FileChannel file =
        FileChannel.open(
            partial,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      WritableByteChannel out = new DigestedChannel(file, digest);
      BackupReport _ =
          database.backup(from -> from.backup(out, BackupForm.PAGES, (_, _) -> throwIfCancelled()));
      file.force(true);
    }
    return MD5Hash.newInstance(digest.digest());
  }

  private void throwIfCancelled() {
    if (cancelled) {
      throw new CancellationException("the peer installs a snapshot, or is closed");
    }
  }

  /** Computes the digest of what passes, so that the file needs not be read again. */
  private record DigestedChannel(FileChannel file, MessageDigest digest)
      implements WritableByteChannel {
    @Override
    public int write(ByteBuffer from) throws IOException {
      digest.update(from.duplicate());
      int written = 0;
      while (from.hasRemaining()) {
        written += file.write(from);
      }
      return written;
    }

    @Override
    public boolean isOpen() {
      return file.isOpen();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
