package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.error.DatabaseLockedException;
import dev.pando.error.StorageIoException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
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
  private static final long PLACE = LockingChild.PLACE;

  @TempDir Path dir;

  private Path lockFile;

  @BeforeEach
  void name() {
    lockFile = DatabaseFile.lockFile(dir.resolve("db"));
  }

  private StorageLock lock() {
    return Pages.STORAGE.lock(lockFile, true);
  }

  private static DatabaseLockedException refused(Path path) {
    return assertThrows(DatabaseLockedException.class, () -> Pages.STORAGE.lock(path, true));
  }

  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void twiceInOneJvmIsRefused(boolean first, boolean second) {
    try (StorageLock lock = Pages.STORAGE.lock(lockFile, first)) {
      assertTrue(lock.writable());
      assertEquals(lockFile, lock.path());
      DatabaseLockedException e =
          assertThrows(DatabaseLockedException.class, () -> Pages.STORAGE.lock(lockFile, second));
      assertEquals(OUR_PID, e.pid());
      assertEquals(lockFile.toString(), e.path());
      Pages.assertSays(e, lockFile.toString(), "in this JVM already", "close it first");
    }
    Pages.STORAGE.lock(lockFile, second).close();
  }

  @Test
  void otherNamesOfTheFileAreSeenThrough() throws IOException {
    try (StorageLock lock = lock()) {
      assertTrue(lock.isNamed());
      Path hardLink = Files.createLink(dir.resolve("hard"), lockFile);
      assertEquals(OUR_PID, refused(hardLink).pid());
      Path directory = Files.createSymbolicLink(dir.resolve("symbolic"), dir);
      assertEquals(OUR_PID, refused(directory.resolve(lockFile.getFileName())).pid());
      Files.delete(lockFile); // the next one has another file key, but the same name
      assertFalse(lock.isNamed());
      assertEquals(OUR_PID, refused(lockFile).pid());
      assertFalse(lock.isNamed(), "another file has the name");
    }
  }

  @Test
  void aRefusalLeavesTheLockHeld() throws Exception {
    try (StorageLock lock = lock()) {
      assertTrue(lock.tryLock(PLACE, true));
      refused(lockFile);
      assertEquals("refused", LockingChild.ask(lockFile, true));
      assertEquals("refused", LockingChild.ask(lockFile, false));
      lock.unlock(PLACE);
      assertEquals("locked", LockingChild.ask(lockFile, true));
      assertTrue(lock.tryLock(PLACE, false));
      assertEquals("locked", LockingChild.ask(lockFile, false));
      assertEquals("refused", LockingChild.ask(lockFile, true));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theSystemFreesTheLockOfADeadProcess(boolean exclusive) throws Exception {
    try (StorageLock lock = lock();
        LockingChild child = new LockingChild(lockFile, exclusive)) {
      assertEquals("locked", child.answer());
      assertFalse(lock.tryLock(PLACE, true));
      assertEquals(!exclusive, lock.tryLock(PLACE, false));
      lock.unlock(PLACE);
      assertTrue(lock.tryLock(PLACE + 1, true), "another byte");
      child.kill();
      assertTrue(lock.tryLock(PLACE, true));
    }
  }

  @Test
  void memoryIsSharedAndEndsWithTheLock() throws Exception {
    StorageLock lock = lock();
    MemorySegment memory = lock.map(4096, 64);
    assertEquals(StorageLock.FIRST_BYTES, lock.size());
    try (LockingChild child = new LockingChild(lockFile, true)) {
      assertEquals("locked", child.answer());
      assertEquals(child.pid(), memory.get(PageHeader.U64, 0), "what the child wrote");
    }
    lock.grow(StorageLock.FIRST_BYTES + 4096);
    MemorySegment more = lock.map(StorageLock.FIRST_BYTES, 4096);
    more.set(PageHeader.U64, 0, 7L);
    assertTrue(lock.tryLock(PLACE, true));
    assertEquals("refused", LockingChild.ask(lockFile, true));
    lock.close();
    lock.close();
    assertThrows(IllegalStateException.class, () -> memory.get(PageHeader.U64, 0));
    assertThrows(IllegalStateException.class, () -> more.set(PageHeader.U64, 0, 7L));
    assertEquals("locked", LockingChild.ask(lockFile, true));
  }

  @Test
  void anInterruptNeitherFailsNorDropsTheLock() throws Exception {
    Thread.currentThread().interrupt();
    try (StorageLock lock = lock()) {
      assertTrue(lock.tryLock(PLACE, true));
      lock.grow(StorageLock.FIRST_BYTES + 4096);
      lock.map(StorageLock.FIRST_BYTES, 4096).set(PageHeader.U64, 0, 7L);
      assertTrue(Thread.interrupted(), "it stays set");
      assertEquals("refused", LockingChild.ask(lockFile, true));
    } finally {
      boolean _ = Thread.interrupted();
    }
  }

  @Test
  void networkFileSystemsAreTold() {
    for (String type : new String[] {"nfs4", "cifs", "SMB3", "fuse.sshfs", "9p", "ceph"}) {
      StorageIoException e =
          assertThrows(
              StorageIoException.class, () -> NetworkFileSystem.refuse(lockFile, type), type);
      Pages.assertSays(e, lockFile.toString(), "network file system (" + type, "local disk");
    }
    for (String type : new String[] {"ext4", "xfs", "tmpfs", "overlay", "apfs", "NTFS", "fuse"}) {
      assertFalse(NetworkFileSystem.isNetwork(type), type);
    }
  }
}
