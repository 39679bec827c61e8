package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The differences of two snapshots, as a user sees them. */
class ChangesTest extends DatabaseTestBase {
  private static final Table<Long, String> COUNTED =
      Table.of("counted", Codec.u64(), Codec.utf8()).counted();
  private static final MultiTable<String, Long> TAGGED =
      MultiTable.of("tagged", Codec.utf8(), Codec.u64());

  private Database db;

  @BeforeEach
  void fill() {
    db = open(Options.defaults().withPageSize(512));
    db.update(
        tx -> {
          for (long key = 0; key < 1000; key++) {
            tx.put(NAMES, key, "name " + key);
            tx.put(COUNTED, key, "name " + key);
          }
          tx.put(TAGGED, "java", 1L);
          tx.put(TAGGED, "java", 2L);
        });
    db.snapshots().create("before");
    db.update(
        tx -> {
          tx.put(NAMES, 5000L, "added");
          tx.put(NAMES, 10L, "changed");
          tx.put(NAMES, 11L, "name 11"); // as it was
          tx.delete(NAMES, 500L);
          tx.put(COUNTED, 3L, "changed");
          tx.put(TAGGED, "java", 3L);
          tx.delete(TAGGED, "java", 1L);
          tx.put(WORDS, "a", "new table");
          tx.put(BLOBS, 1L, new byte[20_000]);
        });
  }

  private static <K, V> List<String> show(Iterable<Change<K, V>> changes) {
    List<String> all = new ArrayList<>();
    changes.forEach(c -> all.add(c.kind() + " " + c.key() + " " + c.before() + " " + c.after()));
    return all;
  }

  @Test
  void areThoseOfTheTable() {
    try (ReadTxn before = db.snapshots().open("before");
        ReadTxn now = db.beginRead();
        Changes<Long, String> changes = db.diff(before, now, NAMES)) {
      List<String> wanted =
          List.of(
              "CHANGED 10 name 10 changed", "REMOVED 500 name 500 null", "ADDED 5000 null added");
      assertThat(show(changes)).isEqualTo(wanted);
      assertThat(show(changes)).as("again").isEqualTo(wanted);
      assertThat(changes.iterator().next())
          .isEqualTo(new Change<>(10L, "name 10", "changed"))
          .satisfies(change -> assertThat(change.kind()).isEqualTo(Change.Kind.CHANGED));
      assertThat(show(db.diff(now, before, NAMES)))
          .containsExactly(
              "CHANGED 10 changed name 10", "ADDED 500 null name 500", "REMOVED 5000 added null");
      assertThat(show(db.diff(now, now, NAMES))).isEmpty();
      try (ReadTxn fork = now.fork()) {
        assertThat(show(db.diff(now, fork, NAMES))).isEmpty();
      }
    }
  }

  @Test
  void ofARange() {
    try (ReadTxn before = db.snapshots().open("before");
        ReadTxn now = db.beginRead()) {
      assertThat(keys(db.diff(before, now, NAMES, Range.closed(10L, 500L))))
          .containsExactly(10L, 500L);
      assertThat(keys(db.diff(before, now, NAMES, Range.open(10L, 500L)))).isEmpty();
      assertThat(keys(db.diff(before, now, NAMES, Range.<Long>all().reversed())))
          .containsExactly(5000L, 500L, 10L);
      assertThat(keys(db.diff(before, now, NAMES, Range.lessThan(5000L).reversed().limit(1))))
          .containsExactly(500L);
      assertThat(keys(db.diff(before, now, NAMES, Range.<Long>all().skip(1).limit(1))))
          .containsExactly(500L);
      assertThat(keys(db.diff(before, now, NAMES, Range.<Long>all().skip(5)))).isEmpty();
      assertThat(keys(db.diff(before, now, NAMES, Range.closed(3L, 2L)))).isEmpty();
    }
  }

  private static <K, V> List<K> keys(Changes<K, V> changes) {
    try (Stream<Change<K, V>> stream = changes.stream()) {
      return stream.map(Change::key).toList();
    }
  }

  @Test
  void ofOtherKindsOfTables() {
    try (ReadTxn before = db.snapshots().open("before");
        ReadTxn now = db.beginRead()) {
      assertThat(show(db.diff(before, now, COUNTED))).containsExactly("CHANGED 3 name 3 changed");
      assertThat(db.diff(before, now, TAGGED.pairs()))
          .containsExactly(
              new Change<>(new Tuple2<>("java", 1L), Present.PRESENT, null),
              new Change<>(new Tuple2<>("java", 3L), null, Present.PRESENT));
      assertThat(keys(db.diff(before, now, TAGGED.pairs(), TAGGED.range("c", Range.all()))))
          .isEmpty();
    }
  }

  @Test
  void ofTablesThatOneDoesNotHave() {
    try (ReadTxn before = db.snapshots().open("before");
        ReadTxn now = db.beginRead()) {
      assertThat(show(db.diff(before, now, WORDS))).containsExactly("ADDED a null new table");
      assertThat(show(db.diff(now, before, WORDS))).containsExactly("REMOVED a new table null");
      assertThat(db.diff(before, now, BLOBS).iterator().next().after()).hasSize(20_000);
      assertThat(show(db.diff(before, now, Table.of("no", Codec.u64(), Codec.u64())))).isEmpty();
    }
  }

  @Test
  void asBytes() {
    try (ReadTxn before = db.snapshots().open("before");
        ReadTxn now = db.beginRead();
        Changes<byte[], byte[]> changes = db.diff(before, now, "names")) {
      List<Change<byte[], byte[]>> all = changes.stream().toList();
      assertThat(all).hasSize(3);
      assertThat(all.get(2).kind()).isEqualTo(Change.Kind.ADDED);
      assertThat(all.get(2).key()).containsExactly(0, 0, 0, 0, 0, 0, 0x13, 0x88);
      assertThat(all.get(2).after())
          .isEqualTo("added".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      assertThat(all.get(1).kind()).isEqualTo(Change.Kind.REMOVED);
      assertThat(all.get(1).after()).isNull();
    }
  }

  @Test
  void areReadOnDemand() {
    try (ReadTxn before = db.snapshots().open("before");
        ReadTxn now = db.beginRead()) {
      Changes<Long, String> changes = db.diff(before, now, NAMES);
      Iterator<Change<Long, String>> some = changes.iterator();
      assertThat(some.next().key()).isEqualTo(10L);
      assertThat(some.hasNext()).isTrue();
      assertThat(some.next().key()).isEqualTo(500L);
      assertThat(some.next().key()).isEqualTo(5000L);
      assertThat(some.hasNext()).isFalse();
      assertThatThrownBy(some::next)
          .isInstanceOf(NoSuchElementException.class)
          .hasMessageContaining("names");
      changes.close();
      changes.close();
      assertThatIllegalStateException().isThrownBy(some::hasNext).withMessageContaining("closed");
      assertThatIllegalStateException().isThrownBy(changes::iterator);
      assertThat(now.get(NAMES, 10L)).as("the transactions go on").isEqualTo("changed");
    }
  }

  @Test
  void endWithEitherTransaction() {
    for (boolean endsBefore : new boolean[] {false, true}) {
      try (ReadTxn before = db.snapshots().open("before");
          ReadTxn now = db.beginRead()) {
        Iterator<Change<Long, String>> some = db.diff(before, now, NAMES).iterator();
        assertThat(some.next().key()).isEqualTo(10L);
        (endsBefore ? before : now).close();
        assertThatIllegalStateException().isThrownBy(some::hasNext).withMessageContaining("ended");
        assertThatIllegalStateException().isThrownBy(() -> db.diff(before, now, NAMES));
      }
    }
  }

  @Test
  void refuseOtherTransactions() {
    Database other = open(directory().resolve("other.pando"), Options.defaults());
    try (ReadTxn now = db.beginRead();
        ReadTxn foreign = other.beginRead()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> db.diff(foreign, now, NAMES))
          .withMessageContaining("another database");
      assertThatIllegalArgumentException().isThrownBy(() -> other.diff(now, foreign, NAMES));
      assertThatThrownBy(() -> db.diff(null, now, NAMES)).isInstanceOf(NullPointerException.class);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> db.diff(now, now, Table.of("names", Codec.utf8(), Codec.utf8())))
          .withMessageContaining("names");
      try (WriteTxn tx = db.beginWrite()) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> db.diff(tx, now, NAMES))
            .withMessageContaining("write transaction");
        assertThatIllegalArgumentException()
            .isThrownBy(() -> db.diff(now, tx, NAMES))
            .withMessageContaining("write transaction");
      }
    }
  }
}
