package dev.pando;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pando.error.CorruptFileException;
import dev.pando.txn.feed.FeedLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Crafted feeds with valid checksums: each use of them yields data or says that it is damaged. */
class FeedDamageTest extends FeedTestBase {
  private static final byte[] ENTRY = new byte[16];

  /** Puts an entry into a feed, and removes it after what is expected to fail. */
  private void assertFails(byte[] key, byte[] value, Use use) {
    Database db = Database.inMemory();
    Feed feed = db.createFeed("f", FeedOptions.of(NAMES));
    db.put(NAMES, 1L, "one");
    db.update(tx -> tx.put(feed.tree(), key, value));
    assertThat(db.check().problems()).hasSize(1);
    ThrowingCallable call = () -> use.of(db, feed);
    assertThatExceptionOfType(CorruptFileException.class)
        .isThrownBy(call)
        .withMessageContaining("feed f")
        .withMessageContaining("drop the feed");
    assertThat(db.dropFeed("f")).isTrue();
    db.put(NAMES, 2L, "two");
    assertThat(db.check().problems()).isEmpty();
    db.close();
  }

  private interface Use {
    void of(Database db, Feed feed);
  }

  private static final Use STAT = (_, feed) -> feed.stat();
  private static final Use READ = (_, feed) -> assertThat(read(feed)).isNotNull();
  private static final Use WRITE = (db, _) -> db.put(NAMES, 2L, "two");

  /** The commit before all others. */
  private static final Use ACKNOWLEDGE_NOTHING =
      (db, feed) -> {
        FeedPosition at = feed.stat().acknowledged();
        feed.acknowledge(new FeedPosition(at.incarnation(), at.txnId() + 1));
      };

  private static final Use ACKNOWLEDGE = (_, feed) -> acknowledgeAll(feed);

  @Test
  void aKeyOfAnotherLength() {
    for (Use use : List.of(STAT, READ, WRITE, ACKNOWLEDGE)) {
      assertFails(new byte[] {1}, ENTRY, use);
    }
  }

  @Test
  void aTransactionThatIsTooLarge() {
    for (Use use : List.of(STAT, READ, WRITE, ACKNOWLEDGE)) {
      assertFails(FeedLayout.key(-5, 0), ENTRY, use);
    }
  }

  @Test
  void aTransactionThatIsToCome() {
    for (Use use : List.of(STAT, READ, WRITE)) {
      assertFails(FeedLayout.key(1_000_000, 0), ENTRY, use);
    }
  }

  /** It was reported as a feed that is not there. */
  @Test
  void anEntryThatIsMissing() {
    for (byte[] key : List.of(FeedLayout.settingsKey(), FeedLayout.stateKey())) {
      Database db = Database.inMemory();
      Feed feed = db.createFeed("f", FeedOptions.of(NAMES));
      db.update(tx -> tx.delete(feed.tree(), key));
      assertThatExceptionOfType(CorruptFileException.class)
          .isThrownBy(() -> assertThat(feed.stat()).isEqualTo(feed.options()))
          .withMessageContaining("of transaction 0 is missing; drop the feed");
      assertThat(db.check().problems()).hasSize(1);
      assertThat(db.dropFeed("f")).isTrue();
      db.close();
    }
  }

  @Test
  void numbersOfCommitsThatDoNotFit() {
    assertFails(FeedLayout.stateKey(), state(0, 1 << 20), STAT);
    assertFails(FeedLayout.key(3, 0), new byte[16], ACKNOWLEDGE_NOTHING);
  }

  @Test
  void aStateOfATransactionThatIsToCome() {
    assertFails(FeedLayout.stateKey(), state(1_000_000, 0), WRITE);
    byte[] lost = state(0, 0);
    ByteBuffer.wrap(lost).order(ByteOrder.LITTLE_ENDIAN).putLong(8, 1).putLong(16, 1 << 20);
    assertFails(FeedLayout.stateKey(), lost, WRITE);
  }

  @Test
  void aNumberWithoutANext() {
    assertFails(FeedLayout.stateKey(), state(0, Long.MAX_VALUE), WRITE);
    byte[] head = new byte[16];
    ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).putLong(Long.MAX_VALUE);
    assertFails(FeedLayout.key(3, 0), head, WRITE);
  }

  private static byte[] state(long acknowledged, long removed) {
    return ByteBuffer.allocate(32)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(0, acknowledged)
        .putLong(24, removed)
        .array();
  }

  @Test
  void aTableThatIsNoTableOfAUser() {
    for (String name : List.of("", "\0findex", "n".repeat(256))) {
      byte[] bytes = name.getBytes(UTF_8);
      byte[] entry = new byte[1 + 2 + bytes.length + 6];
      entry[0] = 1;
      entry[1] = (byte) bytes.length;
      entry[2] = (byte) (bytes.length >> 8);
      System.arraycopy(bytes, 0, entry, 3, bytes.length);
      assertFails(FeedLayout.key(3, 1), entry, READ);
      byte[] settings = new byte[22 + 2 + bytes.length];
      settings[0] = 1;
      settings[20] = 1;
      System.arraycopy(entry, 1, settings, 22, 2 + bytes.length);
      assertFails(FeedLayout.settingsKey(), settings, WRITE);
    }
  }

  /** Dropping a table without a feed reads no leaf; the feed needs all. */
  @Test
  void aDamagedLeafOfAWatchedTable() throws IOException {
    Path path = directory().resolve("damaged.pando");
    try (Database db = Database.open(path)) {
      db.update(
          tx -> {
            for (long key = 0; key < 2000; key++) {
              tx.put(NAMES, key, "a value of key " + key + ".");
            }
          });
      Feed _ = db.createFeed("f", FeedOptions.of(NAMES));
    }
    byte[] all = Files.readAllBytes(path);
    byte[] wanted = "a value of key 1000.".getBytes(UTF_8);
    int at = 0;
    while (!Arrays.equals(all, at, at + wanted.length, wanted, 0, wanted.length)) {
      at++;
    }
    all[at] ^= 1;
    Files.write(path, all);
    try (Database db = Database.open(path)) {
      assertThatExceptionOfType(CorruptFileException.class)
          .isThrownBy(() -> db.update(tx -> tx.drop(NAMES)))
          .withMessageContaining(
              "feed f needs the changes of table names: drop the feed, or stop watching the table")
          .satisfies(e -> assertThat(e.pgno()).isPositive());
      db.changes("f").change(FeedOptions.of(WORDS));
      db.update(tx -> tx.drop(NAMES));
      assertThat(db.check().problems()).isEmpty();
    }
  }

  @Test
  void namesOfTables() {
    for (String name : List.of("", "\0t", "n".repeat(256), "n".repeat(70_000), "\ud800")) {
      assertThatIllegalArgumentException().isThrownBy(() -> FeedOptions.of(Set.of(name)));
    }
    Database db = open();
    Feed feed = db.createFeed("f", FeedOptions.of(Set.of("n".repeat(255))));
    db.put(NAMES, 1L, "one");
    assertThat(read(feed)).isEmpty();
  }
}
