package dev.pando.ratis;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of the snapshot files. Ratis cleans it up while a snapshot is made, and deletes an
 * {@code .md5} without its file; it also takes a file without an {@code .md5} for a snapshot. So a
 * file and its {@code .md5} appear in one step here.
 *
 * <p>Thread-safe.
 */
final class SnapshotStorage extends SimpleStateMachineStorage {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotStorage.class);

  /** The file that a backup is written to. */
  private static final String PARTIAL = "snapshot.partial";

  /** Deletes what a crash left incomplete. Its index was never told to Ratis. */
  @Override
  public synchronized void init(RaftStorage storage) throws IOException {
    Path directory = storage.getStorageDir().getStateMachineDir().toPath();
    if (Files.isDirectory(directory)) {
      boolean _ = Files.deleteIfExists(directory.resolve(PARTIAL));
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
        for (Path file : files) {
          deleteIfIncomplete(file);
        }
      }
    }
    super.init(storage);
  }

  private static void deleteIfIncomplete(Path file) throws IOException {
    boolean isSnapshot = SNAPSHOT_REGEX.matcher(file.toFile().getName()).matches();
    if (isSnapshot && !MD5FileUtil.getDigestFileForFile(file.toFile()).exists()) {
      LOG.warn("{} has no .md5 file, because a crash came in between; it is deleted", file);
      Files.delete(file);
    }
  }

  /** Where the next backup is written, until {@link #publish}. */
  Path partialFor(Applied applied) {
    return getSnapshotFile(applied.term(), applied.index()).toPath().resolveSibling(PARTIAL);
  }

  /** Makes a complete backup a snapshot. It is on disk when this returns. */
  synchronized SingleFileSnapshotInfo publish(Path partial, Applied applied, MD5Hash digest)
      throws IOException {
    File file = getSnapshotFile(applied.term(), applied.index());
    Path _ = Files.move(partial, file.toPath(), StandardCopyOption.ATOMIC_MOVE);
    MD5FileUtil.saveMD5File(file, digest);
    syncDirectory(partial.getParent());
    TermIndex index = TermIndex.valueOf(applied.term(), applied.index());
    SingleFileSnapshotInfo made =
        new SingleFileSnapshotInfo(new FileInfo(file.toPath(), digest), index);
    SingleFileSnapshotInfo _ = updateLatestSnapshot(made);
    return made;
  }

  private static void syncDirectory(@Nullable Path directory) throws IOException {
    if (directory != null) {
      try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
        opened.force(true);
      }
    }
  }

  /**
   * Reads a file and compares its digest with that in the {@code .md5}.
   *
   * @param peer the directory of the peer, which the message names
   * @throws IOException if they differ
   */
  static void verify(SingleFileSnapshotInfo snapshot, Path peer) throws IOException {
    File file = snapshot.getFile().getPath().toFile();
    MD5Hash found = MD5FileUtil.computeMd5ForFile(file);
    MD5Hash stored = MD5FileUtil.readStoredMd5ForFile(file);
    if (!found.equals(stored)) {
      throw new IOException(
          "The snapshot "
              + file
              + " has the MD5 "
              + found
              + ", allowed is that in its .md5 file, "
              + stored
              + ". Remove this peer from its group, delete its directory, "
              + peer
              + ", and add it again (see Members): the leader sends it a snapshot.");
    }
  }

  @Override
  public synchronized void cleanupOldSnapshots(SnapshotRetentionPolicy policy) throws IOException {
    super.cleanupOldSnapshots(policy);
  }

  @Override
  public synchronized @Nullable SingleFileSnapshotInfo getLatestSnapshot() {
    return super.getLatestSnapshot();
  }

  @Override
  public synchronized @Nullable SingleFileSnapshotInfo loadLatestSnapshot() {
    return super.loadLatestSnapshot();
  }
}
