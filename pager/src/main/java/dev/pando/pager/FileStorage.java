package dev.pando.pager;

import dev.pando.error.StorageIoException;
import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/** Files of the default file system. Thread-safe; one is enough for a JVM. */
public final class FileStorage implements Storage {
  private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

  private final MapLayout layout;

  /** The default file system. */
  public FileStorage() {
    this(MapLayout.USUAL);
  }

  /** The default file system, with another layout of maps. */
  FileStorage(MapLayout layout) {
    this.layout = layout;
  }

  @Override
  public PageFile open(Path path, boolean writable) {
    checkRegular(path);
    return open(
        path,
        "open",
        writable
            ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE)
            : Set.of(StandardOpenOption.READ));
  }

  @Override
  public PageFile create(Path path) {
    return open(
        path,
        "create",
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  private PageFile open(Path path, String action, Set<? extends OpenOption> options) {
    try {
      return ChannelPageFile.open(path, options, layout);
    } catch (IOException e) {
      throw IoFailure.of(path, action, e);
    }
  }

  /** A directory opens like a file on some systems, and a pipe would make the open wait. */
  private static void checkRegular(Path path) {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(path, BasicFileAttributes.class);
    } catch (IOException e) {
      refuseDangling(path, e);
      return; // opening tells what is wrong
    }
    if (attributes.isDirectory()) {
      throw new StorageIoException(
          path + ": cannot open, it is a directory; name a file inside it", null);
    }
    if (!attributes.isRegularFile()) {
      throw new StorageIoException(path + ": cannot open, it is not a regular file", null);
    }
  }

  /** The system's own message says that the path itself is missing. */
  private static void refuseDangling(Path path, IOException why) {
    if (why instanceof NoSuchFileException && Files.isSymbolicLink(path)) {
      String target;
      try {
        target = Files.readSymbolicLink(path).toString();
      } catch (IOException e) {
        return;
      }
      throw new StorageIoException(
          "%s: cannot open, it is a symbolic link to %s, which does not exist; remove the link, or open the database by that name to create it"
              .formatted(path, target),
          why);
    }
  }

  @Override
  public boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public boolean isEmpty(Path path) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return attributes.isRegularFile() && attributes.size() == 0;
    } catch (IOException e) {
      return false; // opening tells what is wrong
    }
  }

  @Override
  public void copyRights(Path from, Path to) {
    try {
      LockFileRights.copy(from, to);
    } catch (IOException e) {
      throw IoFailure.of(to, "set the permissions of " + from, e);
    }
  }

  @Override
  public Path realPath(Path path) {
    try {
      return path.toRealPath();
    } catch (NoSuchFileException e) {
      // There is none, but another process may create it just now: it will be in this directory.
    } catch (IOException e) {
      if (Files.exists(path)) {
        throw IoFailure.of(path, "follow", e);
      }
    }
    try {
      return DatabaseFile.directory(path).toRealPath().resolve(path.getFileName());
    } catch (IOException e) {
      return path; // creating a file there tells what is wrong
    }
  }

  @Override
  public void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw IoFailure.of(path, "delete", e);
    }
  }

  @Override
  public void rename(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw IoFailure.of(from, "rename to " + to, e);
    }
  }

  @Override
  public void syncDirectory(Path directory) {
    if (WINDOWS) {
      return; // directories cannot be opened there, and names are journalled by the file system
    }
    try (AsynchronousFileChannel channel =
        CallingThread.open(directory, Set.of(StandardOpenOption.READ))) {
      channel.force(true);
    } catch (IOException e) {
      throw IoFailure.of(directory, "sync the directory", e);
    }
  }

  @Override
  public StorageLock lock(Path lockFile, boolean required) {
    try {
      NetworkFileSystem.refuse(lockFile);
      return FileStorageLock.open(lockFile, required);
    } catch (IOException e) {
      throw IoFailure.of(lockFile, "lock", e);
    }
  }
}
