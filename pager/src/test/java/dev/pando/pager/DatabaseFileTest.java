package dev.pando.pager;

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
    assertEquals(3L * pageSize, Files.size(database));
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

  @Test
  void leftoversOfACrashAreRemoved() throws IOException {
    Path leftover = Files.write(DatabaseFile.temporaryFile(database), new byte[100]);
    assertTrue(DatabaseFile.removeLeftover(Pages.STORAGE, database));
    assertFalse(DatabaseFile.removeLeftover(Pages.STORAGE, database));
    assertFalse(Files.exists(leftover));
    Path _ = Files.write(leftover, new byte[100_000]);
    DatabaseFile.create(Pages.STORAGE, database, 512, MetaTest.ID);
    assertFalse(Files.exists(leftover));
    assertEquals(3 * 512, Files.size(database));
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
