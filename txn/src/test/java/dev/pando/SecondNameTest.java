package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.DatabaseLockedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A database that has another name beside its own, and so another lock file. */
@Tag("proof")
class SecondNameTest extends DatabaseTestBase {
  /**
   * Opening it a second time in one JVM was refused, but opened the file and closed it, which drops
   * all locks of a process: another process could open it by that name, and both wrote.
   */
  @Test
  void isRefusedByWhoeverHasItOpen() throws Exception {
    Database db = open();
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    Path link = Files.createLink(directory().resolve("link.pando"), file());
    assertThatThrownBy(() -> Database.open(link)).isInstanceOf(DatabaseLockedException.class);
    try (PeerJvm peer = PeerJvm.start()) {
      assertThat(peer.ask("open " + link)).contains("DatabaseLockedException");
      peer.expect("opened", "open " + file());
      peer.expect("done", "put 1 theirs");
    }
    assertThatThrownBy(() -> Database.open(link)).isInstanceOf(DatabaseLockedException.class);
    closeChecked(db);
    closeChecked(open(link, Options.defaults()));
  }

  /** One of them is refused, and that does not drop the locks of the other. */
  @Test
  void ofTwoThreadsAtOnceOneOpensIt() throws Exception {
    closeChecked(open());
    Path link = Files.createLink(directory().resolve("link.pando"), file());
    try (PeerJvm peer = PeerJvm.start()) {
      for (int i = 0; i < 8; i++) {
        Database db = openByBothNames(link);
        assertThat(peer.ask("open " + (db.path().equals(link) ? file() : link)))
            .contains("DatabaseLockedException");
        closeChecked(db);
      }
    }
  }

  private Database openByBothNames(Path link) {
    CyclicBarrier start = new CyclicBarrier(2);
    List<CompletableFuture<Object>> both =
        Stream.of(file(), link)
            .map(path -> CompletableFuture.supplyAsync(() -> openOrRefuse(start, path)))
            .toList();
    List<Object> ends = both.stream().map(CompletableFuture::join).toList();
    assertThat(ends).hasAtLeastOneElementOfType(DatabaseLockedException.class);
    return (Database) ends.stream().filter(Database.class::isInstance).findAny().orElseThrow();
  }

  private static Object openOrRefuse(CyclicBarrier start, Path path) {
    try {
      int _ = start.await();
      return Database.open(path);
    } catch (DatabaseLockedException e) {
      return e;
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new AssertionError(e);
    }
  }
}
