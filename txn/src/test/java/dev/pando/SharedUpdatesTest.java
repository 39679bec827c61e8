package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import org.junit.jupiter.api.Test;

/** What the end of an update costs that shares a transaction with others. */
class SharedUpdatesTest extends DatabaseTestBase {
  @Test
  void anUpdateEndsWithTheTablesThatItUsed() {
    Database db = open();
    try (WriteTxn whole = db.beginWrite()) {
      SharedUpdate first = new SharedUpdate(whole, new CommitHooks());
      for (int i = 0; i < 100; i++) {
        first.tx().put(Table.of("table " + i, Codec.u64(), Codec.u64()), 1L, 1L);
      }
      assertThat(whole.catalog().usedByUpdate()).isEqualTo(100);
      first.end();
      assertThat(whole.catalog().usedByUpdate()).isZero();

      SharedUpdate update = new SharedUpdate(whole, new CommitHooks());
      WriteTxn second = update.tx();
      Savepoint before = second.savepoint();
      assertThat(second.rename("table 1", "another")).isTrue();
      second.rollbackTo(before);
      Table<Long, Long> table = Table.of("table 1", Codec.u64(), Codec.u64());
      assertThat(second.get(table, 1L)).isEqualTo(1L);
      boolean _ = second.put(table, 2L, 2L);
      assertThat(whole.catalog().usedByUpdate()).isBetween(1, 3);
      update.end();
      whole.commit();
    }
    assertThat(db.<Integer, RuntimeException>view(tx -> tx.tables().size())).isEqualTo(100);
  }
}
