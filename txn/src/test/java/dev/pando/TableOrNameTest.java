package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import org.junit.jupiter.api.Test;

/** What is done with a whole table takes its description or its name. */
class TableOrNameTest extends DatabaseTestBase {
  private static final Table<Long, Long> OTHER_CODECS = Table.of("names", Codec.u64(), Codec.u64());
  private static final Table<Long, String> MISSING = Table.of("missing", Codec.u64(), Codec.utf8());
  private static final Table<Long, String> PEOPLE = Table.of("people", Codec.u64(), Codec.utf8());

  private Database filled() {
    Database db = open();
    db.update(
        tx -> {
          tx.put(NAMES, 1L, "Ada");
          tx.put(NAMES, 2L, "Bob");
        });
    return db;
  }

  private interface Use {
    void in(WriteTxn tx);
  }

  /** The transaction goes on, and the table is as it was. */
  private static void refused(WriteTxn tx, Use use) {
    assertThatThrownBy(() -> use.in(tx))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("names", "utf8", "u64");
    assertThat(tx.get(NAMES, 1L)).isEqualTo("Ada");
    assertThat(tx.count(NAMES)).isEqualTo(2);
  }

  @Test
  void otherCodecsAreRefused() {
    Database db = filled();
    db.update(
        tx -> {
          refused(tx, t -> t.count(OTHER_CODECS));
          refused(tx, t -> t.stat(OTHER_CODECS));
          refused(tx, t -> t.clear(OTHER_CODECS));
          refused(tx, t -> t.drop(OTHER_CODECS));
          refused(tx, t -> t.rename(OTHER_CODECS, Table.of("x", Codec.u64(), Codec.u64())));
          tx.put(NAMES, 3L, "goes on");
        });
    assertThat(db.count(NAMES)).isEqualTo(3);
  }

  @Test
  void countAndStat() {
    Database db = filled();
    assertThat(db.count("names")).isEqualTo(2);
    assertThat(db.count("missing")).isZero();
    try (WriteTxn tx = db.beginWrite()) {
      tx.put(NAMES, 3L, "Cid");
      assertThat(tx.count("names")).as("with its own writes").isEqualTo(3);
      assertThat(tx.stat(NAMES)).isEqualTo(tx.stat("names"));
      assertThat(tx.stat(MISSING)).isNull();
      assertThat(tx.count("missing")).isZero();
      assertThat(tx.count("")).as("no table has such a name").isZero();
    }
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.count("names")).isEqualTo(2);
      assertThat(tx.stat(NAMES)).isEqualTo(tx.stat("names"));
    }
  }

  @Test
  void clear() {
    Database db = filled();
    db.update(
        tx -> {
          try (RawCursor cursor = tx.raw(NAMES).cursor()) {
            assertThat(cursor.first()).isTrue();
            tx.clear("names");
            assertThat(cursor.next()).isFalse();
          }
          assertThat(tx.get(NAMES, 1L)).isNull();
          assertThat(tx.tables()).containsExactly("names");
          tx.put(NAMES, 5L, "after");
          tx.clear("missing");
          tx.clear("");
          tx.clear(MISSING);
          assertThat(tx.tables()).containsExactly("names");
        });
    assertThat(db.list(NAMES, Range.all())).containsExactly(new Entry<>(5L, "after"));
  }

  /** As with a table that is cleared by its description. */
  @Test
  void clearingCanBeUndone() {
    Database db = filled();
    db.update(
        tx -> {
          Savepoint before = tx.savepoint();
          tx.clear("names");
          assertThat(tx.count(NAMES)).isZero();
          tx.rollbackTo(before);
          assertThat(tx.count(NAMES)).isEqualTo(2);
        });
    assertThat(db.count(NAMES)).isEqualTo(2);
  }

  @Test
  void drop() {
    Database db = filled();
    db.update(
        tx -> {
          assertThat(tx.drop(MISSING)).isFalse();
          assertThat(tx.drop(NAMES)).isTrue();
          assertThat(tx.drop(NAMES)).isFalse();
          assertThat(tx.get(NAMES, 1L)).isNull();
          tx.put(OTHER_CODECS, 1L, 1L);
        });
    assertThat(db.get(OTHER_CODECS, 1L)).isEqualTo(1);
  }

  @Test
  void rename() {
    Database db = filled();
    db.update(
        tx -> {
          assertThat(tx.rename(MISSING, PEOPLE)).isFalse();
          assertThat(tx.rename(NAMES, NAMES)).isTrue();
          assertThat(tx.rename(NAMES, PEOPLE)).isTrue();
          assertThat(tx.get(NAMES, 1L)).isNull();
          assertThat(tx.get(PEOPLE, 1L)).isEqualTo("Ada");
          tx.put(NAMES, 9L, "new");
          assertThatThrownBy(() -> tx.rename(PEOPLE, NAMES))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("there is a table of that name");
        });
    assertThat(db.count(PEOPLE)).isEqualTo(2);
    assertThat(db.count(NAMES)).isEqualTo(1);
  }

  @Test
  void renamingDoesNotChangeCodecs() {
    Database db = filled();
    Table<Long, String> other = Table.of("names2", Codec.descending(Codec.u64()), Codec.utf8());
    assertThatThrownBy(() -> db.update(tx -> tx.rename(NAMES, other)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("names(u64 -> utf8)", "names2(descending(u64) -> utf8)");
    assertThat(db.count(NAMES)).isEqualTo(2);
  }
}
