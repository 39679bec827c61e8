package dev.pando.txn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the end of an update costs that shares a transaction with others. */
class SharedUpdatesTest extends DatabaseTestBase {
  @Test
  void anUpdateEndsWithTheTablesThatItUsed() {
    Database db = open();
    try (WriteTxn whole = db.beginWrite()) {
      WriteTxn first = whole.share();
      for (int i = 0; i < 100; i++) {
        first.put(Table.of("table " + i, Codec.u64(), Codec.u64()), 1L, 1L);
      }
      assertThat(whole.catalog().usedByUpdate()).isEqualTo(100);
      first.endShare();
      assertThat(whole.catalog().usedByUpdate()).isZero();

      WriteTxn second = whole.share();
      Savepoint before = second.savepoint();
      assertThat(second.rename("table 1", "another")).isTrue();
      second.rollbackTo(before);
      Table<Long, Long> table = Table.of("table 1", Codec.u64(), Codec.u64());
      assertThat(second.get(table, 1L)).isEqualTo(1L);
      boolean _ = second.put(table, 2L, 2L);
      assertThat(whole.catalog().usedByUpdate()).isBetween(1, 3);
      second.endShare();
      whole.commit();
    }
    assertThat(db.<Integer, RuntimeException>view(tx -> tx.tables().size())).isEqualTo(100);
  }
}
