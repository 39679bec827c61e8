package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.error.StorageIoException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseFileTest {
  private static final Set<String> STEPS =
      Set.of("create", "write", "sync", "close", "rename", "syncDirectory");

  @TempDir Path dir;

  private Path database;

  @BeforeEach
  void name() {
    database = dir.resolve("db");
  }

  /** Notes the steps taken, and fails the one named. */
  private record Recorder(List<String> steps, String failing) {
    Storage storage() {
      return wrap(Storage.class, Pages.STORAGE);
    }

    private <T> T wrap(Class<T> type, T real) {
      return type.cast(
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (proxy, method, arguments) -> {
                String step = method.getName();
                if (STEPS.contains(step)) {
                  steps.add(step.equals("sync") ? step + " " + arguments[0] : step);
                }
                if (step.equals(failing)) {
                  throw new StorageIoException("this disk fails to " + step, null);
                }
                try {
                  Object result = method.invoke(real, arguments);
                  return result instanceof PageFile file ? wrap(PageFile.class, file) : result;
                } catch (InvocationTargetException e) {
                  throw e.getTargetException();
                }
              }));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 65536})
  void aNewDatabaseIsWholeAndEmpty(int pageSize) throws IOException {
    DatabaseFile.create(Pages.STORAGE, database, pageSize, MetaTest.ID);
    assertEquals(4L * pageSize, Files.size(database), "metas and the mark of the creation");
    try (PageFile file = Pages.STORAGE.open(database, true)) {
      MetaSlots slots = MetaSlots.read(file);
      assertEquals(
          List.of(new MetaSlots.Valid(0, Meta.initial(pageSize, MetaTest.ID))), slots.valid());
      assertEquals(List.of(), slots.damaged());
    }
    assertFalse(Files.exists(DatabaseFile.temporaryFile(database)));
  }

  @Test
  void itIsOnDiskBeforeItHasItsName() {
    List<String> steps = new ArrayList<>();
    DatabaseFile.create(new Recorder(steps, "").storage(), database, 512, MetaTest.ID);
    assertEquals(
        List.of("create", "write", "sync true", "close", "rename", "syncDirectory"), steps);
  }

  @ParameterizedTest
  @ValueSource(strings = {"create", "write", "sync", "rename"})
  void aFailedCreationLeavesNothing(String step) throws IOException {
    Storage failing = new Recorder(new ArrayList<>(), step).storage();
    StorageIoException e =
        assertThrows(
            StorageIoException.class,
            () -> DatabaseFile.create(failing, database, 512, MetaTest.ID));
    Pages.assertSays(e, "fails to " + step);
    try (var left = Files.list(dir)) {
      assertEquals(List.of(), left.toList());
    }
  }

  /** As a process leaves it that is killed before it renames the file. */
  private Path leftover(Path target, UUID id) throws IOException {
    DatabaseFile.create(Pages.STORAGE, target, 512, id);
    return Files.move(target, DatabaseFile.temporaryFile(database));
  }

  @Test
  void leftoversOfACrashAreRemoved() throws IOException {
    Path leftover = leftover(database, MetaTest.ID);
    assertTrue(DatabaseFile.removeLeftover(Pages.STORAGE, database));
    assertFalse(DatabaseFile.removeLeftover(Pages.STORAGE, database));
    assertFalse(Files.exists(leftover));
    leftover = leftover(database, new UUID(1, 2));
    DatabaseFile.create(Pages.STORAGE, database, 4096, MetaTest.ID);
    assertFalse(Files.exists(leftover));
    assertEquals(4 * 4096, Files.size(database));
  }

  @Test
  void whatIsNoLeftoverIsLeft() throws IOException {
    Path temporary = leftover(dir.resolve("another"), MetaTest.ID);
    isLeft(temporary);
    Files.delete(temporary);
    Files.createFile(DatabaseFile.lockFile(leftover(database, MetaTest.ID)));
    isLeft(temporary); // it has a lock file, so it is a database of its own
    Files.delete(DatabaseFile.lockFile(temporary));
    Pages.overwrite(temporary, 3 * 512 + 20, (byte) 1);
    isLeft(temporary);
    Pages.cut(temporary, 100); // by a loss of power, or by somebody
    isLeft(temporary);
  }

  private void isLeft(Path temporary) throws IOException {
    byte[] before = Files.readAllBytes(temporary);
    assertFalse(DatabaseFile.removeLeftover(Pages.STORAGE, database));
    DatabaseFile.create(Pages.STORAGE, database, 512, MetaTest.ID);
    assertArrayEquals(before, Files.readAllBytes(temporary));
    Files.delete(database);
  }

  @Test
  void nothingIsOverwritten() throws IOException {
    Path _ = Files.writeString(database, "mine");
    StorageIoException e =
        assertThrows(
            StorageIoException.class,
            () -> DatabaseFile.create(Pages.STORAGE, database, 512, MetaTest.ID));
    Pages.assertSays(e, database.toString(), "exists");
    assertEquals("mine", Files.readString(database));
  }

  @Test
  void misuseIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> DatabaseFile.create(Pages.STORAGE, database, 1000, MetaTest.ID));
    assertThrows(IllegalArgumentException.class, () -> DatabaseFile.lockFile(Path.of("/")));
    Path root = Path.of("/");
    assertThrows(IllegalArgumentException.class, () -> DatabaseFile.directory(root));
  }
}
