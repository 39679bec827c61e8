package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.DatabaseFailedException;
import dev.pando.txn.file.LockBlocks;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A database does not go on with a number that no process has stored in the lock file. */
class DamagedLockWordsTest extends DatabaseTestBase {
  private static final long BLOCKS = 32;
  private static final long CURRENT = 64;
  private static final long DURABLE = 128;
  private static final long LAST_USED = 192;

  private static Object part(Object owner, String name) throws ReflectiveOperationException {
    Field field = owner.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(owner);
  }

  /**
   * Each value lets a transaction reuse pages that the reader shows, get the id of an earlier
   * transaction, or be acknowledged without a sync.
   */
  @ParameterizedTest
  @CsvSource({
    BLOCKS + ", 0",
    BLOCKS + ", 1",
    BLOCKS + ", -5",
    BLOCKS + ", 2147483647",
    DURABLE + ", 9999",
    DURABLE + ", -1",
    LAST_USED + ", 1",
    LAST_USED + ", -9",
    CURRENT + ", 99999",
    CURRENT + ", -99999"
  })
  void aTransactionIsRefused(long offset, long value) throws Exception {
    Database db = open();
    db.update(tx -> tx.put(NAMES, 1L, "old"));
    MemorySegment header = (MemorySegment) part(part(db, "lock"), "header");
    try (ReadTxn reader = db.beginRead()) {
      for (int i = 0; i < 3; i++) {
        String next = "new" + i;
        db.update(tx -> tx.put(NAMES, 1L, next));
      }
      final long good = (long) LockBlocks.LONG.getVolatile(header, offset);
      LockBlocks.LONG.setVolatile(header, offset, value);
      try {
        assertThatThrownBy(() -> db.update(tx -> tx.put(NAMES, 2L, "x")))
            .isInstanceOf(DatabaseFailedException.class)
            .hasMessageContaining("truncated or overwritten");
      } finally {
        LockBlocks.LONG.setVolatile(header, offset, good);
      }
      assertThat(reader.get(NAMES, 1L)).isEqualTo("old");
    }
    db.update(tx -> tx.put(NAMES, 2L, "goes on"));
  }
}
