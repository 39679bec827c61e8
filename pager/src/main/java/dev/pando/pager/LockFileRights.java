package dev.pando.pager;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Set;

/**
 * Makes lock files with the owner, the group and the permissions of the database. The users that
 * can write the database must be able to write the lock file, and no others.
 */
final class LockFileRights {
  private static final Set<PosixFilePermission> FOR_FILES =
      EnumSet.complementOf(
          EnumSet.of(
              PosixFilePermission.OWNER_EXECUTE,
              PosixFilePermission.GROUP_EXECUTE,
              PosixFilePermission.OTHERS_EXECUTE));

  private LockFileRights() {}

  /** Whether this user can write the database, so that others can use a lock file that it makes. */
  static boolean mayCreate(Path lockFile) {
    Path database = DatabaseFile.database(lockFile);
    return Files.notExists(database) || Files.isWritable(database);
  }

  /** Creates a lock file. For a new database it has the permissions of any new file. */
  static void create(Path lockFile) throws IOException {
    Path database = DatabaseFile.database(lockFile);
    Path _ = Files.createFile(lockFile);
    if (Files.exists(database)) {
      copy(database, lockFile);
    }
  }

  /** Gives a file the permissions of another one, where the file system has permissions. */
  static void copy(Path from, Path to) throws IOException {
    PosixFileAttributeView made = Files.getFileAttributeView(to, PosixFileAttributeView.class);
    if (made != null) {
      copy(Files.readAttributes(from, PosixFileAttributes.class), made);
    }
  }

  private static void copy(PosixFileAttributes database, PosixFileAttributeView lock)
      throws IOException {
    PosixFileAttributes made = lock.readAttributes();
    Set<PosixFilePermission> permissions = EnumSet.copyOf(database.permissions());
    permissions.retainAll(FOR_FILES);
    if (!made.group().equals(database.group()) && !setGroup(lock, database.group())) {
      permissions.remove(PosixFilePermission.GROUP_WRITE); // it would be for another group
    }
    if (!made.permissions().equals(permissions)) {
      lock.setPermissions(permissions);
    }
    if (!made.owner().equals(database.owner())) {
      setOwner(lock, database.owner());
    }
  }

  private static boolean setGroup(PosixFileAttributeView lock, GroupPrincipal group)
      throws IOException {
    try {
      lock.setGroup(group);
      return true;
    } catch (FileSystemException e) {
      return false; // this user is not in it
    }
  }

  private static void setOwner(PosixFileAttributeView lock, UserPrincipal owner)
      throws IOException {
    try {
      lock.setOwner(owner);
    } catch (FileSystemException e) {
      // Only an administrator may; the permissions of the group must be enough.
    }
  }
}
