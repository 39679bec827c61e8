package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.error.DatabaseLockedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileStorageLockTest {
  private static final long OUR_PID = ProcessHandle.current().pid();

  @TempDir Path dir;

  private Path lockFile;

  @BeforeEach
  void name() {
    lockFile = DatabaseFile.lockFile(dir.resolve("db"));
  }

  private StorageLock lock(boolean exclusive) {
    return Pages.STORAGE.lock(lockFile, exclusive);
  }

  private DatabaseLockedException refused(Path path, boolean exclusive) {
    return assertThrows(DatabaseLockedException.class, () -> Pages.STORAGE.lock(path, exclusive));
  }

  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void twiceInOneJvmIsRefused(boolean first, boolean second) {
    try (StorageLock lock = lock(first)) {
      assertEquals(first, lock.exclusive());
      assertEquals(lockFile, lock.path());
      DatabaseLockedException e = refused(lockFile, second);
      assertEquals(OUR_PID, e.pid());
      assertEquals(lockFile.toString(), e.path());
      Pages.assertSays(e, lockFile.toString(), "in this JVM already", "close it first");
    }
    lock(second).close();
  }

  @Test
  void theFileHoldsThePidWhileItIsLocked() throws IOException {
    StorageLock lock = lock(true);
    assertTrue(lockFile.endsWith("db-lock"));
    // Not read while we hold it: closing any channel on it would drop the lock.
    lock.close();
    lock.close();
    assertEquals("", Files.readString(lockFile), "a closed writer leaves no pid");
  }

  @Test
  void otherNamesOfTheFileAreSeenThrough() throws IOException {
    try (StorageLock _ = lock(true)) {
      Path hardLink = Files.createLink(dir.resolve("hard"), lockFile);
      assertEquals(OUR_PID, refused(hardLink, true).pid());
      Path directory = Files.createSymbolicLink(dir.resolve("symbolic"), dir);
      assertEquals(OUR_PID, refused(directory.resolve(lockFile.getFileName()), false).pid());
      Files.delete(lockFile); // the next one has another file key, but the same name
      assertEquals(OUR_PID, refused(lockFile, true).pid());
    }
  }

  @Test
  void aRefusalLeavesTheLockHeld() throws Exception {
    try (StorageLock _ = lock(true)) {
      refused(lockFile, true);
      refused(lockFile, false);
      try (LockingChild child = new LockingChild(lockFile, true)) {
        assertEquals("refused by " + OUR_PID, child.answer());
      }
      try (LockingChild child = new LockingChild(lockFile, false)) {
        assertEquals("refused by " + OUR_PID, child.answer());
      }
    }
    try (LockingChild child = new LockingChild(lockFile, true)) {
      assertEquals("locked", child.answer());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anotherProcessIsNamed(boolean exclusive) throws Exception {
    try (LockingChild child = new LockingChild(lockFile, true)) {
      assertEquals("locked", child.answer());
      DatabaseLockedException e = refused(lockFile, exclusive);
      assertEquals(child.pid(), e.pid());
      Pages.assertSays(e, "process " + child.pid(), "close it there");
      child.kill();
      lock(exclusive).close(); // the system freed it, with the dead one's pid still in the file
    }
  }

  @Test
  void readersOfSeveralProcessesShare() throws Exception {
    try (LockingChild child = new LockingChild(lockFile, false)) {
      assertEquals("locked", child.answer());
      try (StorageLock ours = lock(false)) {
        assertFalse(ours.exclusive());
      }
      assertThrows(DatabaseLockedException.class, () -> lock(true));
    }
    lock(true).close();
  }

  @Test
  void aPidThatIsNoneIsNotNamed() throws Exception {
    try (LockingChild child = new LockingChild(lockFile, false)) {
      assertEquals("locked", child.answer());
      for (String text : new String[] {"", "garbage", "-5", "99999999999999999999"}) {
        Path _ = Files.writeString(lockFile, text);
        DatabaseLockedException e = refused(lockFile, true);
        assertEquals(-1, e.pid(), text);
        Pages.assertSays(e, "open in another process");
      }
    }
  }
}
