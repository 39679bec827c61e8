package dev.pando;

import dev.pando.codec.Codec;
import java.util.Arrays;

/**
 * A state of several tables that one number, its round, tells in full: which keys there are and
 * every byte of their values. So a snapshot that is torn, or mixed of two commits, is seen.
 */
final class SoakRounds {
  static final int KEYS = 60;
  static final int TABLES = 3;

  private static final Table<String, Long> HEAD = Table.of("head", Codec.utf8(), Codec.u64());

  private SoakRounds() {}

  private static Table<Long, byte[]> table(int number) {
    return Table.of("soak" + number, Codec.u64(), Codec.bytes());
  }

  /** Makes the state the next round's. */
  static long write(WriteTxn tx) {
    Long before = tx.get(HEAD, "round");
    long round = before == null ? 1 : before + 1;
    boolean _ = tx.put(HEAD, "round", round);
    for (int table = 0; table < TABLES; table++) {
      for (long key = 0; key < KEYS; key++) {
        byte[] value = value(round, table, key);
        boolean _ = value == null ? tx.delete(table(table), key) : tx.put(table(table), key, value);
      }
    }
    return round;
  }

  /** Leaves a state that no round has. */
  static void spoil(WriteTxn tx) {
    boolean _ = tx.put(HEAD, "round", Long.MAX_VALUE / 2);
    for (long key = 0; key < KEYS; key += 3) {
      boolean _ = tx.put(table(1), key, new byte[3000]);
      boolean _ = tx.delete(table(2), key);
    }
  }

  /** Null for a key that the round does not have. */
  private static byte[] value(long round, int table, long key) {
    long mixed = mix(round * 31 + table * 1009L + key * 7919);
    if (mixed % 8 == 0) {
      return null;
    }
    int length = key % 20 == 7 ? (int) (mixed >>> 8 & 0x3fff) : (int) (mixed >>> 8 & 0x7f);
    byte[] value = new byte[length];
    for (int i = 0; i < length; i++) {
      value[i] = (byte) (mixed + i * 31L + (i >> 8));
    }
    return value;
  }

  private static long mix(long z) {
    long a = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
    long b = (a ^ (a >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return b ^ (b >>> 33);
  }

  /** The round of a state; throws if the state is no round's. */
  static long verify(ReadTxn tx) {
    Long head = tx.get(HEAD, "round");
    long round = head == null ? 0 : head;
    for (int table = 0; table < TABLES && round > 0; table++) {
      long entries = 0;
      for (long key = 0; key < KEYS; key++) {
        byte[] expected = value(round, table, key);
        entries += expected == null ? 0 : 1;
        if (!Arrays.equals(tx.get(table(table), key), expected)) {
          throw new AssertionError(
              tx + ": round " + round + ", table " + table + ", key " + key + " is of another");
        }
      }
      if (tx.count(table(table)) != entries) {
        throw new AssertionError(tx + ": round " + round + ", table " + table + ": a wrong count");
      }
    }
    return round;
  }

  /** The same number for the same state; reads by scanning. */
  static long sum(ReadTxn tx) {
    long sum = 0;
    for (int table = 0; table < TABLES; table++) {
      for (Entry<Long, byte[]> entry : tx.scan(table(table))) {
        sum = (sum * 31 + entry.key()) * 31 + Arrays.hashCode(entry.value());
      }
    }
    return sum;
  }
}
