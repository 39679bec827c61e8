package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.DatabaseLockedException;
import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files beside the database that have names like its own, and other names of its files. */
@Tag("proof")
class NeighboursTest extends DatabaseTestBase {
  private Path path(String name) {
    return directory().resolve(name);
  }

  private static String get(Database db, long key) {
    return db.view(tx -> tx.get(NAMES, key));
  }

  private static void put(Database db, long key, String value) {
    db.update(tx -> tx.put(NAMES, key, value));
  }

  private String refused(String name) {
    byte[] before = bytes(name + "-lock");
    Options options = Options.defaults();
    assertThatThrownBy(() -> Database.open(path(name), options.withReadOnly(true)))
        .isInstanceOf(StorageException.class);
    String[] message = new String[1];
    assertThatThrownBy(() -> Database.open(path(name), options))
        .isInstanceOf(StorageException.class)
        .satisfies(e -> message[0] = e.getMessage());
    assertThat(bytes(name + "-lock")).isEqualTo(before);
    return message[0];
  }

  private byte[] bytes(String name) {
    try {
      return Files.exists(path(name)) ? Files.readAllBytes(path(name)) : new byte[0];
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  // ---- the name that a database has while it is created

  /** It was deleted while it was open, and its next updates were acknowledged. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDatabaseThatIsCalledNew(boolean otherProcess) throws Exception {
    Path name = path("index-new");
    try (PeerJvm peer = PeerJvm.start()) {
      Database ours = otherProcess ? null : open(name, Options.defaults());
      if (otherProcess) {
        peer.expect("opened", "open " + name);
      }
      closeChecked(open(path("index"), Options.defaults())); // nothing was committed to ours yet
      if (ours == null) {
        peer.expect("done", "put 1 kept");
        peer.expect("closed", "close");
        peer.expect("opened", "open " + name);
        peer.expect("kept", "get 1");
      } else {
        put(ours, 1, "kept");
        closeChecked(ours);
        assertThat(get(open(name, Options.defaults()), 1)).isEqualTo("kept");
      }
    }
    Files.delete(path("index"));
    closeChecked(open(path("index"), Options.defaults()));
    assertThat(Files.exists(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 4 * 4096})
  void aFileThatIsCalledNew(int length) throws IOException {
    byte[] content = new byte[length];
    new Random(1).nextBytes(content);
    Files.write(path("index-new"), content);
    Database db = open(path("index"), Options.defaults());
    put(db, 1, "x");
    assertThat(bytes("index-new")).isEqualTo(content);
    closeChecked(db);
  }

  // ---- the lock file's name

  @Test
  void aDatabaseThatIsCalledLock() throws Exception {
    Database theirs = open(path("other-lock"), Options.defaults());
    put(theirs, 1, "kept");
    assertThat(refused("other")).contains("other-lock");
    closeChecked(theirs);
    assertThat(refused("other")).contains("other-lock", "is something else", "not touched");
    assertThat(Files.exists(path("other"))).isFalse();
    try (PeerJvm peer = PeerJvm.start()) {
      Database again = open(path("other-lock"), Options.defaults());
      assertThat(peer.ask("open " + path("other"))).contains("other-lock", "is something else");
      assertThat(get(again, 1)).isEqualTo("kept");
      put(again, 2, "goes on");
      closeChecked(again);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "a text that somebody wrote"})
  void aFileThatIsCalledLock(String content) throws Exception {
    closeChecked(open(path("a"), Options.defaults()));
    Files.delete(path("a-lock"));
    Files.write(path("a-lock"), content.getBytes(StandardCharsets.UTF_8));
    assertThat(refused("a")).contains("a-lock", "is something else");
    Files.delete(path("a-lock"));
    closeChecked(open(path("a"), Options.defaults()));
  }

  /** A loss of power may leave it empty, or full of zeros. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 4096, 300_000})
  void zerosThatAreCalledLock(int length) throws Exception {
    Files.write(path("a-lock"), new byte[length]);
    Database db = open(path("a"), Options.defaults());
    put(db, 1, "x");
    closeChecked(db);
  }

  // ---- other names of the database

  /** It used another lock file: its pages were used again while it read. */
  @ParameterizedTest
  @ValueSource(strings = {"open-readonly", "open"})
  void throughASymbolicLink(String order) throws Exception {
    Path link = Files.createSymbolicLink(path("link"), file());
    Path deep = Files.createSymbolicLink(path("deep"), link);
    Database db = open();
    Churn.load(db);
    try (PeerJvm peer = PeerJvm.start()) {
      peer.expect("opened", order + " " + deep);
      assertThat(peer.ask("hold a")).startsWith("holds");
      String sum = peer.ask("held-sum a");
      Churn.run(db, 1, 2);
      peer.expect(sum, "held-sum a");
      assertThat(db.readers()).extracting(OpenReader::pid).containsExactly(peer.pid());
      peer.expect("closed", "close");
      closeChecked(db);
      Database byLink = open(link, Options.defaults().withReadOnly(true));
      peer.expect("opened", "open " + file());
      ReadTxn tx = byLink.beginRead();
      long before = Churn.sum(tx);
      peer.expect("done", "churn 4 2");
      assertThat(Churn.sum(tx)).isEqualTo(before);
      tx.close();
      closeChecked(byLink);
    }
    assertThat(Files.exists(path("link-lock"))).isFalse();
    assertThat(Files.exists(path("deep-lock"))).isFalse();
  }

  /** There is no way to find the lock file of its other name: one of them is refused. */
  @Test
  void throughAHardLink() throws Exception {
    Database db = open();
    put(db, 1, "x");
    Path link = Files.createLink(path("link"), file());
    try (PeerJvm peer = PeerJvm.start()) {
      for (String order : new String[] {"open-readonly ", "open "}) {
        assertThat(peer.ask(order + link)).contains(DatabaseLockedException.class.getSimpleName());
      }
      closeChecked(db);
      peer.expect("opened", "open-readonly " + link);
      assertThatThrownBy(this::open).isInstanceOf(DatabaseLockedException.class);
      peer.expect("closed", "close");
    }
    assertThat(get(open(), 1)).isEqualTo("x");
  }

  @Test
  void aDirectoryThatIsCalledLock() throws Exception {
    Files.createDirectory(path("d-lock"));
    assertThatThrownBy(() -> Database.open(path("d"))).isInstanceOf(StorageIoException.class);
  }
}
