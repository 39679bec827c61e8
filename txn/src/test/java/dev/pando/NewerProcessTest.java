package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pando.error.UnsupportedFormatException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A process with a newer build writes into an open database what this build does not know. */
class NewerProcessTest extends DatabaseTestBase {
  private Database db;

  @BeforeEach
  void write() {
    db = open();
    db.put(PeerJvm.DATA, 1L, "old".getBytes());
  }

  private PeerJvm newer(String feature) throws Exception {
    PeerJvm peer = PeerJvm.start();
    peer.expect("opened", "open-newer " + file() + " " + feature);
    peer.expect("done", "put 1 new");
    return peer;
  }

  private String value() {
    return new String(db.get(PeerJvm.DATA, 1L));
  }

  private void put() {
    db.put(PeerJvm.DATA, 1L, "ours".getBytes());
  }

  @Test
  void reading() throws Exception {
    try (PeerJvm peer = newer("read-only")) {
      assertThat(value()).isEqualTo("new");
      assertWritesRefused();
      peer.expect("done", "put 1 newer");
      assertThat(value()).isEqualTo("newer");
      db.sync();
      assertThat(db.check().problems()).isEmpty();
      db.close();
      peer.expect("sound", "check");
    }
    assertThatExceptionOfType(UnsupportedFormatException.class).isThrownBy(this::open);
    db = open(Options.defaults().withReadOnly(true));
    assertThat(value()).isEqualTo("newer");
  }

  private void assertWritesRefused() {
    for (int i = 0; i < 2; i++) {
      assertThatExceptionOfType(UnsupportedFormatException.class)
          .isThrownBy(this::put)
          .withMessageContaining(file().toString())
          .withMessageContaining("features 0x4000000000000000, which this version can only read");
    }
    for (Runnable write :
        new Runnable[] {
          () -> db.beginWrite().close(),
          () -> {
            WriteTxn _ = db.tryBeginWrite(Duration.ofSeconds(1));
          },
          () -> db.compact(),
          () -> db.createFeed("f", FeedOptions.ofAllTables()),
          () -> db.snapshots().create("s"),
        }) {
      assertThatExceptionOfType(UnsupportedFormatException.class).isThrownBy(write::run);
    }
  }

  /** Cleaning up after it would write, too. */
  @Test
  void afterItDied() throws Exception {
    try (PeerJvm peer = newer("read-only")) {
      peer.tell("begin");
      assertThat(peer.answer()).startsWith("writing");
      peer.expect("done", "write 1 newer");
      peer.kill();
    }
    assertThat(value()).isEqualTo("new");
    assertWritesRefused();
    assertThat(value()).isEqualTo("new");
  }

  @Test
  void neither() throws Exception {
    try (PeerJvm peer = newer("incompatible")) {
      for (Runnable use : new Runnable[] {this::value, this::put, () -> db.check()}) {
        assertThatExceptionOfType(UnsupportedFormatException.class)
            .isThrownBy(use::run)
            .withMessageContaining(file().toString())
            .withMessageContaining("a database that needs features 0x4000000000000000");
      }
      peer.expect("done", "put 1 newer");
    }
    db.close();
    assertThatExceptionOfType(UnsupportedFormatException.class).isThrownBy(this::open);
  }

  @Test
  void all() throws Exception {
    try (PeerJvm _ = newer("compatible")) {
      assertThat(value()).isEqualTo("new");
      put();
      assertThat(value()).isEqualTo("ours");
    }
    closeChecked(db);
    db = open();
    assertThat(db.known().meta().features().compatible()).isEqualTo(0x40L << 56);
  }
}
