package dev.pando;

import java.nio.ByteBuffer;

/** Records that are overwritten again and again, and a sum that tells one state from another. */
final class Churn {
  static final Table<Long, byte[]> DATA = PeerJvm.DATA;
  static final int RECORDS = 20_000;
  static final int VALUE = 100;
  private static final int COMMIT = 1_000;

  private Churn() {}

  static void load(Database db) {
    run(db, 0, 1);
  }

  /** Overwrites everything, in commits of a thousand, in another order each time. */
  static void run(Database db, int firstRound, int rounds) {
    for (int round = firstRound; round < firstRound + rounds; round++) {
      for (int from = 0; from < RECORDS; from += COMMIT) {
        int begin = from;
        int mark = round;
        db.update(
            tx -> {
              for (int i = begin; i < begin + COMMIT; i++) {
                long key = mark == 0 ? i : (i * 7919L + mark) % RECORDS;
                tx.put(DATA, key, value(key, mark));
              }
            });
      }
    }
  }

  private static byte[] value(long key, int round) {
    return ByteBuffer.allocate(VALUE).putLong(key * 31 + round).putLong(round).array();
  }

  /** The same number for the same state; reads every byte. */
  static long sum(ReadTxn tx) {
    long sum = 0;
    for (Entry<Long, byte[]> entry : tx.scan(DATA)) {
      ByteBuffer value = ByteBuffer.wrap(entry.value());
      sum = sum * 31 + entry.key() * 7 + value.getLong();
      while (value.hasRemaining()) {
        sum += value.get();
      }
    }
    return sum;
  }
}
