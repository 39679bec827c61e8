package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A second class loader has its own copy of Pando, as after a redeployment or in a plug-in. What it
 * opened and closed again when it was refused dropped the locks of the first one.
 */
class SecondLoaderTest extends DatabaseTestBase {
  private static URLClassLoader secondLoader() throws IOException {
    List<URL> urls = new ArrayList<>();
    for (String entry : ChildJvm.classPath().split(File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  /** What the other loader's Database says. */
  private static AutoCloseable openBy(ClassLoader loader, Path path) throws Throwable {
    try {
      Class<?> database = loader.loadClass(Database.class.getName());
      assertThat(database).isNotSameAs(Database.class);
      return (AutoCloseable) database.getMethod("open", Path.class).invoke(null, path);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private void isRefused(ClassLoader loader, Path path) {
    assertThatThrownBy(() -> openBy(loader, path))
        .satisfies(
            e -> assertThat(e.getClass().getSimpleName()).isEqualTo("DatabaseLockedException"))
        .hasMessageContaining("open in this JVM already");
  }

  @Test
  void isRefusedWithoutTouchingTheFile() throws Throwable {
    Database db = open();
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    Path hard = Files.createLink(directory().resolve("hard.pando"), file());
    Path symbolic = Files.createSymbolicLink(directory().resolve("symbolic.pando"), file());
    try (URLClassLoader loader = secondLoader();
        PeerJvm peer = PeerJvm.open(file())) {
      WriteTxn tx = db.beginWrite();
      long locks = ListedLocks.count();
      for (Path name : List.of(file(), hard, symbolic)) {
        isRefused(loader, name);
      }
      assertThat(ListedLocks.count()).isEqualTo(locks);
      peer.expect("not yet", "try-begin 20");
      boolean _ = tx.put(NAMES, 2L, "y");
      tx.commit();
      peer.expect("done", "put 1 theirs");
      peer.expect("closed", "close");
      closeChecked(db);

      AutoCloseable theirs = openBy(loader, file()); // nobody has it open now
      assertThatThrownBy(() -> Database.open(file())).hasMessageContaining("this JVM already");
      theirs.close();
    }
    closeChecked(open());
  }
}
