package dev.pando.damage;

import dev.pando.RawCursor;
import dev.pando.RawTable;
import dev.pando.ReadTxn;
import dev.pando.View;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one commit holds, byte for byte.
 *
 * @param tables the entries of each table, in order
 */
record State(Map<String, List<Bytes>> tables) {
  /** An entry. */
  record Bytes(byte[] key, byte[] value, MemorySegment keys, MemorySegment values) {
    Bytes(byte[] key, byte[] value) {
      this(key, value, MemorySegment.ofArray(key), MemorySegment.ofArray(value));
    }
  }

  /** All that a transaction sees. */
  static State of(ReadTxn tx) {
    Map<String, List<Bytes>> tables = new TreeMap<>();
    for (String name : tx.tables()) {
      List<Bytes> entries = new ArrayList<>();
      View key = new View();
      View value = new View();
      try (RawCursor cursor = tx.raw(name).cursor()) {
        while (cursor.next()) {
          cursor.entry(key, value);
          entries.add(new Bytes(key.toArray(), value.toArray()));
        }
      }
      tables.put(name, entries);
    }
    return new State(tables);
  }

  /** Compares the tables' names. */
  void compareNames(ReadTxn tx) {
    if (!tx.tables().equals(List.copyOf(tables.keySet()))) {
      throw new AssertionError("tables " + tx.tables());
    }
  }

  /** Compares a table, read from its begin to its end. */
  void compareForward(RawTable table) {
    List<Bytes> wanted = wanted(table);
    View key = new View();
    View value = new View();
    try (RawCursor cursor = table.cursor()) {
      for (Bytes entry : wanted) {
        boolean there = cursor.next();
        same(table, entry, there, cursor, key, value);
      }
      if (cursor.next()) {
        throw new AssertionError("table " + table.name() + ": more entries than were written");
      }
    }
  }

  /** Compares a table, read from its end to its begin. */
  void compareBackward(RawTable table) {
    List<Bytes> wanted = wanted(table);
    View key = new View();
    View value = new View();
    try (RawCursor cursor = table.cursor()) {
      for (Bytes entry : wanted.reversed()) {
        boolean there = cursor.prev();
        same(table, entry, there, cursor, key, value);
      }
      if (cursor.prev()) {
        throw new AssertionError("table " + table.name() + ": more entries than were written");
      }
    }
  }

  private List<Bytes> wanted(RawTable table) {
    List<Bytes> wanted = tables.get(table.name());
    if (wanted == null || table.count() != wanted.size()) {
      throw new AssertionError("table " + table.name() + " has " + table.count() + " entries");
    }
    return wanted;
  }

  private static void same(
      RawTable table, Bytes wanted, boolean there, RawCursor cursor, View key, View value) {
    if (there) {
      cursor.entry(key, value);
    }
    if (!there || !key.contentEquals(wanted.keys) || !value.contentEquals(wanted.values)) {
      throw new AssertionError("table " + table.name() + ": other data than was written");
    }
  }

  /** Looks one entry up, and a key that is not there. */
  void compareGet(RawTable table, int entry) {
    List<Bytes> wanted = wanted(table);
    if (wanted.isEmpty()) {
      return;
    }
    Bytes one = wanted.get(entry % wanted.size());
    View value = new View();
    if (!table.get(one.key, value) || !value.contentEquals(one.values)) {
      throw new AssertionError("table " + table.name() + ": a key is not found, or another value");
    }
    byte[] absent = one.key.clone();
    absent[absent.length - 1] ^= (byte) 0x80;
    if (table.get(absent) != null) {
      throw new AssertionError("table " + table.name() + ": a key is found that was not written");
    }
  }
}
