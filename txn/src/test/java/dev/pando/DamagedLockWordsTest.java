package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.DatabaseFailedException;
import dev.pando.txn.file.LockBlocks;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.readers.SlotLayout;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A database does not go on with a number that no process has stored in the lock file. */
class DamagedLockWordsTest extends DatabaseTestBase {
  private static final long BLOCKS = 32;
  private static final long CURRENT = 64;
  private static final long DURABLE = 128;
  private static final long LAST_USED = 192;
  private static final long CLAIMED = 200;
  private static final long ID_LIMIT = 336;

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
    CLAIMED + ", 7",
    ID_LIMIT + ", 1099511627776",
    ID_LIMIT + ", -1",
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

  /** A slot whose snapshot cannot be, so that it is unknown which pages its reader shows. */
  @Test
  void aPinOfNoTransactionIsRefused() throws Exception {
    Database db = open();
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    try (ReadTxn reader = db.beginRead()) {
      LockFile lock = (LockFile) part(db, "lock");
      int block = 1;
      while (!lock.isSlots(block)) {
        block++;
      }
      MemorySegment slots = lock.block(block);
      long last = SlotLayout.FIRST_SLOT + (SlotLayout.SLOTS_PER_BLOCK - 1) * SlotLayout.SLOT_BYTES;
      long free = (long) LockBlocks.LONG.getVolatile(slots, last);
      LockBlocks.LONG.setVolatile(slots, last, 1L << 60);
      try {
        assertThatThrownBy(() -> db.update(tx -> tx.put(NAMES, 2L, "y")))
            .isInstanceOf(DatabaseFailedException.class)
            .hasMessageContaining("pinned snapshot is " + ((1L << 60) - 1));
      } finally {
        LockBlocks.LONG.setVolatile(slots, last, free);
      }
      assertThat(reader.get(NAMES, 1L)).isEqualTo("x");
    }
    db.update(tx -> tx.put(NAMES, 2L, "goes on"));
  }
}
