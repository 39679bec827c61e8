package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.error.DatabaseFullException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** The process of {@link FileSizeLimitTest} that runs under a limit. */
public final class FileSizeLimitChild {
  static final Table<Long, byte[]> DATA = Table.of("data", Codec.u64(), Codec.bytes());
  static final int SMALL_COMMITS = 40;

  private FileSizeLimitChild() {}

  /** What is stored under a key before the large transaction. */
  static byte[] value(long key) {
    byte[] value = new byte[900];
    Arrays.fill(value, (byte) key);
    return value;
  }

  /** Takes the file, the number of entries, and a seed; prints what has happened. */
  public static void main(String[] args) {
    Path file = Path.of(args[0]);
    int entries = Integer.parseInt(args[1]);
    Random random = new Random(Long.parseLong(args[2]));
    try (Database db = Database.open(file)) {
      load(db, entries);
      System.out.println("loaded " + db.stat().fileBytes());
      try {
        db.update(tx -> overwrite(tx, entries, random));
        System.out.println("the limit was not met");
      } catch (DatabaseFullException e) {
        System.out.println("full: " + e.getMessage());
      }
      for (long key = entries; key < entries + SMALL_COMMITS; key++) {
        db.put(DATA, key, value(key));
        System.out.println("acknowledged");
      }
      CheckReport _ = db.check().throwIfBad();
      System.out.println("sound");
    }
    try (Database db = Database.open(file)) {
      boolean _ = db.put(DATA, 0L, value(0));
      CheckReport _ = db.check().throwIfBad();
      System.out.println("opened again");
    }
  }

  private static void load(Database db, int entries) {
    for (int from = 0; from < entries; from += 1000) {
      int first = from;
      db.update(
          tx -> {
            for (long key = first; key < Math.min(first + 1000, entries); key++) {
              tx.put(DATA, key, value(key));
            }
          });
    }
  }

  /** Most pages get another content, so that all of them are copied. */
  private static void overwrite(WriteTxn tx, int entries, Random random) {
    for (int i = 0; i < entries; i++) {
      long key = random.nextInt(entries);
      if (random.nextInt(4) == 0) {
        boolean _ = tx.delete(DATA, key);
      } else {
        boolean _ = tx.put(DATA, key, new byte[800 + random.nextInt(200)]);
      }
    }
  }
}
