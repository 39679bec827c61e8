package dev.pando;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pando.btree.Tree;
import dev.pando.codec.Codec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many tables in one transaction, by descriptions that are kept or made for each use. */
class FoundTablesTest extends DatabaseTestBase {
  private static final int TABLES = 500;

  private static Table<Long, String> describe(int i) {
    return Table.of("table " + i, Codec.u64(), Codec.utf8());
  }

  private static List<Table<Long, String>> tables() {
    List<Table<Long, String>> tables = new ArrayList<>();
    for (int i = 0; i < TABLES; i++) {
      tables.add(describe(i));
    }
    return tables;
  }

  private static void checkAll(ReadTxn tx, List<Table<Long, String>> tables) {
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < TABLES; i++) {
        String wanted = i % 3 == 0 ? null : "value " + i;
        assertEquals(wanted, tx.get(tables.get(i), 7L));
        assertEquals(wanted, tx.get(describe(i), 7L));
      }
    }
  }

  @Test
  void findsEachOfManyTables() {
    List<Table<Long, String>> tables = tables();
    Database db = open();
    db.update(
        tx -> {
          for (int i = 0; i < TABLES; i++) {
            if (i % 3 != 0) {
              tx.put(i % 2 == 0 ? tables.get(i) : describe(i), 7L, "value " + i);
            }
          }
          checkAll(tx, tables);
        });
    db.update(tx -> checkAll(tx, tables));
    db.view(
        tx -> {
          checkAll(tx, tables);
          return null;
        });
  }

  @Test
  void refusesOtherCodecsAlsoOfATableThatWasFound() {
    Database db = open();
    Table<Long, byte[]> other = Table.of("table 1", Codec.u64(), Codec.bytes());
    db.update(tx -> tx.put(describe(1), 7L, "value 1"));
    for (boolean writes : new boolean[] {false, true}) {
      try (ReadTxn tx = writes ? db.beginWrite() : db.beginRead()) {
        for (int round = 0; round < 3; round++) {
          assertEquals("value 1", tx.get(describe(1), 7L));
          var e = assertThrows(IllegalArgumentException.class, () -> tx.get(other, 7L));
          assertEquals(
              "table table 1: its values were written with codec utf8, not bytes", e.getMessage());
        }
      }
    }
  }

  @Test
  void readsATableThatDoesNotExistWithAnyCodecs() {
    Database db = open();
    try (ReadTxn tx = db.beginRead()) {
      assertNull(tx.get(describe(1), 7L));
      assertNull(tx.get(Table.of("table 1", Codec.utf8(), Codec.bytes()), "key"));
    }
  }

  @Test
  void keepsATableOnceHoweverOftenItIsDescribed() {
    Database db = open();
    db.update(tx -> tx.put(describe(1), 7L, "value 1"));
    try (ReadTxn tx = db.beginRead()) {
      Tree tree = tx.findTree(describe(1));
      for (int i = 0; i < 100; i++) {
        assertSame(tree, tx.findTree(describe(1)));
      }
    }
  }
}
