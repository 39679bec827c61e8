package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pando.codec.Codec;
import dev.pando.codec.Default;
import dev.pando.error.FeedLostException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** All ways in which tables change lead into a feed, and from there into another database. */
class FeedWaysTest extends FeedTestBase {
  private static final Table<Long, String> COUNTED =
      Table.of("counted", Codec.u64(), Codec.utf8()).counted();
  private static final MultiTable<String, Long> TAGGED =
      MultiTable.of("tagged", Codec.utf8(), Codec.u64());
  private static final BlobTable<String> LARGE = BlobTable.of("large", Codec.utf8());
  private static final Table<String, Long> TURNED = Table.of("names", Codec.utf8(), Codec.u64());

  private Database db;
  private Database mirror;
  private Feed feed;

  @BeforeEach
  void fill() {
    Options options = Options.defaults().withPageSize(512).withSpillLimit(64 << 10);
    db = open(options);
    mirror = opened(Database.inMemory(Options.defaults().withPageSize(1024)));
    feed = db.createFeed("f", FeedOptions.ofAllTables().withBefore(true));
    db.update(
        tx -> {
          for (long key = 0; key < 300; key++) {
            tx.put(NAMES, key, "name " + key);
          }
        });
    follow();
  }

  /** Brings the mirror to what the database is. */
  private List<String> follow() {
    List<String> lines = new ArrayList<>();
    try (FeedReader reader = feed.reader()) {
      for (FeedCommit commit = reader.next(); commit != null; commit = reader.next()) {
        FeedCommit now = commit;
        mirror.update(now::applyTo);
        lines.add(show(commit));
        feed.acknowledge(commit.position());
      }
    }
    assertThat(content(mirror)).isEqualTo(content(db));
    return lines;
  }

  /** Of the tables that have entries: an empty one is no change. */
  private static Map<String, Map<String, String>> content(Database of) {
    Map<String, Map<String, String>> all = new TreeMap<>();
    try (ReadTxn tx = of.beginRead()) {
      for (String name : tx.tables()) {
        TableStat stat = tx.stat(name);
        Map<String, String> entries = new TreeMap<>();
        View key = new View();
        View value = new View();
        try (RawCursor cursor = tx.raw(name).cursor()) {
          while (cursor.next()) {
            cursor.entry(key, value);
            entries.put(Arrays.toString(key.toArray()), Arrays.toString(value.toArray()));
          }
        }
        if (stat.entries() > 0) {
          all.put(name + " " + stat.keyCodec() + " " + stat.valueCodec(), entries);
        }
      }
    }
    return all;
  }

  @Test
  void bytesAndBatchesAndLoads() {
    db.update(tx -> tx.raw(NAMES).put(new byte[] {0, 0, 0, 0, 0, 0, 0, 1}, new byte[] {'r'}));
    assertThat(follow()).containsExactly("CHANGED 1 r");
    db.update(
        tx -> {
          Batch<Long, String> batch = tx.batch(NAMES);
          batch.put(5000L, "b");
          batch.delete(2L);
        });
    assertThat(follow()).containsExactly("REMOVED 2 null, ADDED 5000 b");
    List<Entry<Long, String>> sorted = new ArrayList<>();
    for (long key = 10_000; key < 20_000; key++) { // more than the spill limit
      sorted.add(new Entry<>(key, "loaded " + key));
    }
    db.update(tx -> tx.loadSorted(NAMES, sorted.iterator()));
    assertThat(follow().getFirst().split(", ")).hasSize(10_000);
    db.update(
        tx -> {
          try (TableCursor<Long, String> cursor = tx.cursor(NAMES)) {
            assertThat(cursor.seek(3L)).isTrue();
            cursor.replace("by a cursor");
          }
        });
    assertThat(follow()).containsExactly("CHANGED 3 by a cursor");
  }

  @Test
  void ranges() {
    db.update(tx -> tx.deleteRange(NAMES, Range.closed(10L, 12L)));
    assertThat(follow()).containsExactly("REMOVED 10 null, REMOVED 11 null, REMOVED 12 null");
    db.update(tx -> tx.clear(NAMES));
    assertThat(follow().getFirst().split(", ")).hasSize(297);
    db.update(tx -> tx.put(NAMES, 1L, "one"));
    db.update(tx -> tx.drop(NAMES));
    db.update(tx -> tx.put(TURNED, "one", 1L)); // of other codecs
    assertThat(follow()).hasSize(3);
  }

  @Test
  void tablesAsAWhole() {
    Table<Long, String> other = Table.of("other", Codec.u64(), Codec.utf8());
    db.update(tx -> tx.rename(NAMES, other));
    assertThat(follow()).hasSize(1);
    db.update(tx -> tx.rename(other, NAMES));
    db.update(tx -> tx.convert(NAMES, TURNED, (key, value) -> new Entry<>(value, key)));
    assertThat(follow()).hasSize(2);
    db.update(
        tx -> {
          tx.drop(TURNED);
          tx.put(NAMES, 1L, "one"); // as it was once
          tx.create(COUNTED);
        });
    assertThat(follow()).hasSize(1);
  }

  @Test
  void everyKindOfTable() throws IOException {
    db.update(
        tx -> {
          tx.put(COUNTED, 1L, "one");
          tx.put(TAGGED, "a", 1L);
          tx.put(TAGGED, "a", 2L);
          tx.put(LARGE, "l", Channels.newChannel(new ByteArrayInputStream(new byte[600_000])));
          tx.put(BLOBS, 1L, new byte[100_000]);
          tx.put(WORDS, "", "");
        });
    assertThat(follow()).hasSize(1);
    assertThat(mirror.multimap(TAGGED).get("a")).containsExactly(1L, 2L);
    try (ReadTxn tx = mirror.beginRead()) {
      assertThat(tx.read(LARGE, "l").size()).isEqualTo(600_000);
    }
    db.update(tx -> tx.delete(TAGGED, "a", 1L));
    db.update(tx -> tx.delete(LARGE, "l"));
    db.update(tx -> tx.put(BLOBS, 1L, new byte[100_001]));
    assertThat(follow()).hasSize(3);
  }

  @Test
  void namedSnapshots() {
    NamedSnapshot _ = db.snapshots().create("kept");
    db.update(tx -> tx.delete(NAMES, 7L));
    db.update(tx -> tx.put(WORDS, "a", "b"));
    assertThat(follow()).hasSize(2);
    db.update(tx -> tx.put(NAMES, 8L, "eight"));
    long _ = db.snapshots().restore("kept");
    assertThat(follow())
        .containsExactly("CHANGED 8 eight", "ADDED 7 name 7, CHANGED 8 name 8, REMOVED of words");
    assertThat(db.snapshots().drop("kept")).isTrue();
    db.compact();
    assertThat(follow()).as("of a compaction").isEmpty();
    db.put(NAMES, 1L, "after");
    assertThat(follow()).containsExactly("CHANGED 1 after");
  }

  @Test
  void aSnapshotThatIsOlderThanTheFeed() {
    NamedSnapshot _ = db.snapshots().create("older");
    Feed young = db.createFeed("young", FeedOptions.of(NAMES));
    db.update(tx -> tx.delete(NAMES, 7L));
    assertThat(db.dropFeed("f")).isTrue();
    long _ = db.snapshots().restore("older");
    assertThat(read(young)).containsExactly("REMOVED 7 null", "ADDED 7 name 7");
    assertThat(db.feeds()).containsExactly("young");
  }

  record Person(String name) {}

  record LaterPerson(String name, @Default("0") int age) {}

  @Test
  void aRecordThatHasGrown() {
    Table<Long, Person> people = Table.of("people", Codec.u64(), Codec.record(Person.class));
    Table<Long, LaterPerson> later =
        Table.of("people", Codec.u64(), Codec.record(LaterPerson.class));
    db.put(people, 1L, new Person("Ada"));
    db.put(people, 2L, new Person("Alan"));
    db.put(later, 1L, new LaterPerson("Ada", 36));
    try (FeedReader reader = feed.reader()) {
      assertThat(reader.next()).isNotNull();
      assertThat(reader.next()).isNotNull();
      FeedChange change = reader.next().iterator().next();
      assertThat(change.before(later)).isEqualTo(new LaterPerson("Ada", 0));
      assertThat(change.after(later)).isEqualTo(new LaterPerson("Ada", 36));
    }
    assertThat(follow()).hasSize(3);
    assertThat(mirror.get(later, 2L)).isEqualTo(new LaterPerson("Alan", 0));
  }

  @Test
  void refusesATableOfOtherCodecs() {
    mirror.update(tx -> tx.drop(NAMES));
    mirror.put(TURNED, "one", 1L);
    db.put(NAMES, 1L, "one");
    try (FeedReader reader = feed.reader();
        WriteTxn tx = mirror.beginWrite()) {
      FeedChange change = reader.next().iterator().next();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> change.applyTo(tx))
          .withMessageContaining("allowed: u64 and utf8, or no entries");
      tx.clear(TURNED);
      change.applyTo(tx);
      assertThat(tx.get(NAMES, 1L)).isEqualTo("one");
    }
  }

  /** A copy goes on with the feeds that it has, in a history of its own. */
  @Test
  void copies() {
    db.put(NAMES, 1L, "one");
    for (BackupForm form : BackupForm.values()) {
      var target = directory().resolve(form + ".pando");
      BackupReport _ = db.backup(target, form, (_, _) -> {});
      Database copy = open(target, Options.defaults());
      Feed copied = copy.changes("f");
      assertThat(read(copied)).containsExactly("CHANGED 1 one");
      copy.put(NAMES, 2L, "in the copy");
      assertThat(read(copied)).containsExactly("CHANGED 1 one", "CHANGED 2 in the copy");
      FeedPosition original = feed.stat().acknowledged();
      assertThat(copied.stat().acknowledged().txnId()).isEqualTo(original.txnId());
      assertThatExceptionOfType(FeedLostException.class)
          .isThrownBy(() -> copied.reader(original))
          .withMessageContaining("incarnation");
      assertThatExceptionOfType(FeedLostException.class)
          .isThrownBy(() -> copied.acknowledge(original));
    }
  }

  @Test
  void aCheckFindsDamage() {
    Database other = Database.inMemory();
    Feed damaged = other.createFeed("d", FeedOptions.ofAllTables());
    other.put(NAMES, 1L, "one");
    other.put(NAMES, 2L, "two");
    assertThat(other.check().problems()).isEmpty();
    List<Entry<byte[], byte[]>> all = other.list(damaged.tree(), Range.all());
    assertThat(all).hasSize(8); // settings, state, and for each commit its head, table and change
    for (Entry<byte[], byte[]> each : all) {
      other.update(tx -> tx.delete(damaged.tree(), each.key()));
      assertThat(other.check().problems()).as("without an entry").hasSize(1);
      for (byte[] wrong : new byte[][] {{}, {77}, {1, 77}, new byte[100]}) {
        other.update(tx -> tx.put(damaged.tree(), each.key(), wrong));
        assertThat(other.check().problems()).hasSize(1);
      }
      other.update(tx -> tx.put(damaged.tree(), each.key(), each.value()));
    }
    assertThat(other.check().problems()).isEmpty();
    other.update(tx -> tx.put(damaged.tree(), new byte[3], new byte[3]));
    assertThat(other.check().problems()).hasSize(1);
    other.close();
  }
}
