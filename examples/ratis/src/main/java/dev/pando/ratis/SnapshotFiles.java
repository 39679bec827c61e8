package dev.pando.ratis;

import dev.pando.BackupForm;
import dev.pando.BackupReport;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
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
  private static final String PARTIAL = "snapshot.partial";

  private final ReplicaDatabase database;
  private final SimpleStateMachineStorage storage;
  private @Nullable CompletableFuture<SingleFileSnapshotInfo> running;
  private volatile boolean cancelled;

  SnapshotFiles(ReplicaDatabase database, SimpleStateMachineStorage storage) {
    this.database = database;
    this.storage = storage;
  }

  /** The name of the snapshot inside of its own file. */
  static String nameOf(SingleFileSnapshotInfo info) {
    return SimpleStateMachineStorage.getSnapshotFileName(info.getTerm(), info.getIndex());
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
    SingleFileSnapshotInfo info = new SingleFileSnapshotInfo(fileOf(applied, null), term(applied));
    database.keep(nameOf(info));
    cancelled = false;
    running = new CompletableFuture<>();
    CompletableFuture<SingleFileSnapshotInfo> mine = running;
    Thread _ =
        Thread.ofPlatform().name("snapshot " + nameOf(info)).daemon().start(() -> run(info, mine));
  }

  /**
   * Waits for the file that was begun.
   *
   * @return the index of the log up to which it has everything
   * @throws IOException if it could not be written
   */
  long finish() throws IOException {
    CompletableFuture<SingleFileSnapshotInfo> begun = running;
    running = null;
    if (begun == null) {
      throw new IllegalStateException("no snapshot was begun");
    }
    try {
      return begun.join().getIndex();
    } catch (CompletionException | CancellationException e) {
      throw new IOException(
          "The snapshot was not written, and the log is kept: " + e.getMessage(), e);
    }
  }

  /** Ends the thread; the file that it writes is left out. */
  void cancel() {
    CompletableFuture<SingleFileSnapshotInfo> begun = running;
    running = null;
    if (begun != null) {
      cancelled = true;
      begun.handle((_, _) -> true).join();
    }
  }

  private void run(
      SingleFileSnapshotInfo info, CompletableFuture<SingleFileSnapshotInfo> completes) {
    try {
      Path file = info.getFile().getPath();
      Path partial = file.resolveSibling(PARTIAL);
      MD5Hash digest = copyTo(partial);
      database.drop(nameOf(info));
      MD5FileUtil.saveMD5File(file.toFile(), digest);
      Path _ = Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
      syncDirectory(file);
      Applied applied = new Applied(info.getTerm(), info.getIndex());
      SingleFileSnapshotInfo made =
          new SingleFileSnapshotInfo(fileOf(applied, digest), info.getTermIndex());
      SingleFileSnapshotInfo _ = storage.updateLatestSnapshot(made);
      boolean _ = completes.complete(made);
    } catch (IOException | RuntimeException | Error e) {
      boolean _ = completes.completeExceptionally(e);
      dropQuietly(nameOf(info));
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

  private FileInfo fileOf(Applied applied, @Nullable MD5Hash digest) {
    File file = storage.getSnapshotFile(applied.term(), applied.index());
    return new FileInfo(file.toPath(), digest);
  }

  private static TermIndex term(Applied applied) {
    return TermIndex.valueOf(applied.term(), applied.index());
  }

  private static void syncDirectory(Path file) {
    Path directory = file.getParent();
    if (directory != null) {
      try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
        opened.force(true);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
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
