package dev.pando.pager;

import dev.pando.error.StorageIoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Refuses databases on network file systems, where the system reports them: maps of two machines do
 * not show each other's writes, and locks may be lost without a report.
 */
final class NetworkFileSystem {
  /** Names of their types on Linux, macOS and the BSDs, without a part before a dot. */
  private static final Set<String> NAMES =
      Set.of(
          "nfs",
          "nfs3",
          "nfs4",
          "cifs",
          "smb",
          "smb2",
          "smb3",
          "smbfs",
          "9p",
          "afs",
          "afpfs",
          "ceph",
          "cephfs",
          "coda",
          "davfs",
          "davfs2",
          "webdav",
          "sshfs",
          "glusterfs",
          "lustre",
          "gpfs",
          "beegfs",
          "ncpfs",
          "s3fs",
          "gcsfuse",
          "rclone");

  /** What was found, by directory: a query takes about 100 microseconds. */
  private static final Map<Object, String> TYPES = new ConcurrentHashMap<>();

  /** Directories that are remembered; a program that opens files in more asks for each again. */
  private static final int MOST_TYPES = 1000;

  private NetworkFileSystem() {}

  /** Refuses a file in such a directory. */
  static void refuse(Path file) throws IOException {
    Path directory = DatabaseFile.directory(file);
    refuse(file, type(directory));
  }

  private static String type(Path directory) throws IOException {
    Object key = ChannelPageFile.fileKey(directory); // has the device in it
    if (key == null) {
      return Files.getFileStore(directory).type();
    }
    String known = TYPES.get(key);
    if (known == null) {
      known = Files.getFileStore(directory).type();
      if (TYPES.size() < MOST_TYPES) {
        TYPES.put(key, known);
      }
    }
    return known;
  }

  static void refuse(Path file, String type) {
    if (isNetwork(type)) {
      throw new StorageIoException(
          file
              + ": is on a network file system ("
              + type
              + "), where processes of different machines would destroy the database; put it on a"
              + " local disk",
          null);
    }
  }

  static boolean isNetwork(String type) {
    String name = type.toLowerCase(Locale.ROOT);
    return NAMES.contains(name.substring(name.lastIndexOf('.') + 1));
  }
}
