package dev.pando.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.DatabaseLockedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A database that has another name beside its own, and so another lock file. */
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
}
