package dev.pando.pager;

import dev.pando.error.DatabaseFullException;
import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Turns the system's errors into typed ones that say what to do. */
final class IoFailure {
  private static final List<String> NO_ROOM =
      List.of("no space left", "disk quota exceeded", "file too large", "not enough space");

  private IoFailure() {}

  /**
   * The typed form of an error.
   *
   * @param action what was tried: "write 4096 bytes at 8192"
   * @throws IllegalStateException instead, if the file was closed by this program
   */
  static StorageException of(Path path, String action, IOException e) {
    if (e instanceof ClosedChannelException) {
      throw new IllegalStateException(path + ": cannot " + action + ", the file is closed", e);
    }
    if (isNoRoom(e)) {
      return new DatabaseFullException(
          path
              + ": cannot "
              + action
              + ": "
              + reason(e)
              + "; make room on the disk or raise the quota, then write again",
          e);
    }
    return new StorageIoException(path + ": cannot " + action + ": " + advice(e), e);
  }

  /** As {@link #of}, for mapping {@code bytes} of a file. */
  static StorageException ofMap(Path path, long bytes, IOException e) {
    if (reason(e).contains("Map failed")) {
      return new StorageIoException(
          path
              + ": cannot map "
              + bytes
              + " bytes: no address space or too many maps; check"
              + " `ulimit -v` and `sysctl vm.max_map_count`",
          e);
    }
    return of(path, "map " + bytes + " bytes", e);
  }

  private static boolean isNoRoom(IOException e) {
    String text = reason(e).toLowerCase(Locale.ROOT);
    return NO_ROOM.stream().anyMatch(text::contains);
  }

  private static String reason(IOException e) {
    String reason = e instanceof FileSystemException fs ? fs.getReason() : e.getMessage();
    return reason == null ? e.getClass().getSimpleName() : reason;
  }

  private static String advice(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file or directory; check the path, and create the directory if it is missing";
    }
    if (e instanceof AccessDeniedException) {
      return "no permission; check the owner and mode of the file and its directory";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "a file of this name exists";
    }
    if (reason(e).startsWith("Read-only file system")) {
      return "the file system is read-only; open the database for reading only";
    }
    return reason(e);
  }
}
