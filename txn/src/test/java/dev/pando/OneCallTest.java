package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pando.error.ReadOnlyException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Transactions of one operation, and which commits stat says are not on disk. */
final class OneCallTest extends DatabaseTestBase {
  @Test
  void readsAndWrites() {
    Database db = open();
    assertThat(db.get(WORDS, "a")).isNull();
    assertThat(db.contains(WORDS, "a")).isFalse();
    assertThat(db.count(WORDS)).isZero();
    assertThat(db.list(WORDS, Range.all())).isEmpty();
    assertThat(db.delete(WORDS, "a")).isFalse();
    assertThat(db.put(WORDS, "a", "1")).isTrue();
    assertThat(db.put(WORDS, "a", "2")).isFalse();
    assertThat(db.put(WORDS, "b", "3")).isTrue();
    assertThat(db.contains(WORDS, "a")).isTrue();
    assertEquals("2", db.get(WORDS, "a"));
    assertEquals(2, db.count(WORDS));
    assertThat(db.list(WORDS, Range.atLeast("a").reversed()))
        .isEqualTo(List.of(new Entry<>("b", "3"), new Entry<>("a", "2")));
    assertThat(db.list(WORDS, Range.prefix("b"))).hasSize(1);
    assertThat(db.delete(WORDS, "a")).isTrue();
    assertThat(db.count(WORDS)).isEqualTo(1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new PrintStream(out, true).println(db.get(WORDS, "b"));
    assertThat(out.toString()).isEqualToIgnoringNewLines("3");
    assertThat(db.readers()).isEmpty();
  }

  @Test
  void isAnUpdateOfItsOwn() {
    Database db = open();
    db.update(
        tx -> {
          tx.put(WORDS, "a", "1");
          assertThat(db.get(WORDS, "a")).as("not committed yet").isNull();
          assertThatThrownBy(() -> db.put(WORDS, "b", "2"))
              .isInstanceOf(IllegalStateException.class);
        });
    assertThat(db.get(WORDS, "a")).isEqualTo("1");
    assertThatThrownBy(() -> db.put(WORDS, "x".repeat(3000), "x"))
        .isInstanceOf(IllegalArgumentException.class);
    closeChecked(db);
    Database reading = open(Options.defaults().withReadOnly(true));
    assertThat(reading.get(WORDS, "a")).isEqualTo("1");
    assertThatThrownBy(() -> reading.delete(WORDS, "a")).isInstanceOf(ReadOnlyException.class);
  }

  /** A put has the database's durability; stat tells that it waits for a sync. */
  @Test
  void whatWaitsForASyncIsTold() {
    Database db =
        open(
            Options.defaults()
                .withDurability(Durability.ASYNC)
                .withSyncInterval(Duration.ofHours(1)));
    assertThat(db.put(WORDS, "a", "1")).isTrue();
    assertThat(db.put(WORDS, "b", "1")).isTrue();
    Stat before = db.stat();
    assertThat(before.unsyncedCommits()).isEqualTo(2);
    assertThat(before.durableTxn()).isEqualTo(before.txnId() - 2);
    db.sync();
    Stat after = db.stat();
    assertThat(after.txnId()).isEqualTo(before.txnId());
    assertThat(after.unsyncedCommits()).isZero();
    db.update(Durability.SYNC, tx -> tx.put(WORDS, "c", "1"));
    assertThat(db.stat().unsyncedCommits()).isZero();
  }
}
