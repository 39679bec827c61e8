package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.crash.Figures;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A file that is mapped in hundreds of chunks shows the same as one that is mapped in one. */
class ChunksTest extends DatabaseTestBase {
  private static final int COMMITS = 150;
  private static final int READERS = 6;

  private record Reading(ReadTxn tx, Map<Long, Integer> lengths) {
    void verify() {
      lengths.forEach((key, length) -> assertThat(tx.get(BLOBS, key)).isEqualTo(blob(key, length)));
      assertThat(tx.count(BLOBS)).isEqualTo(lengths.size());
    }
  }

  private static byte[] blob(long key, int length) {
    byte[] blob = new byte[length];
    Arrays.fill(blob, (byte) (key * 31 + length));
    return blob;
  }

  @Test
  void valuesOfAllLengthsWithOldReaders() {
    long seed = Figures.ofAll("commits to a file of many chunks", COMMITS).seed(0);
    try {
      run(new Random(seed));
    } catch (Throwable e) {
      throw Figures.failed(seed, e);
    }
  }

  private void run(Random random) {
    Options options = Options.defaults().withStorage(SmallChunks.storage());
    Database db = open(options);
    Map<Long, Integer> lengths = new HashMap<>();
    Deque<Reading> readings = new ArrayDeque<>();
    for (int commit = 0; commit < COMMITS; commit++) {
      boolean keeps = random.nextInt(4) > 0;
      Map<Long, Integer> next = new HashMap<>(lengths);
      try (WriteTxn tx = db.beginWrite()) {
        change(tx, next, random);
        if (keeps) {
          tx.commit(Durability.ASYNC);
          lengths = next;
        }
      }
      readings.add(new Reading(db.beginRead(), lengths));
      if (readings.size() > READERS) {
        Reading oldest = readings.remove();
        oldest.verify();
        oldest.tx.close();
      }
    }
    for (Reading reading : readings) {
      reading.verify();
      reading.tx.close();
    }
    db.warmUp();
    closeChecked(db);
    try (ReadTxn tx = open(options).beginRead()) {
      new Reading(tx, lengths).verify();
    }
  }

  private static void change(WriteTxn tx, Map<Long, Integer> lengths, Random random) {
    for (int i = random.nextInt(12); i >= 0; i--) {
      long key = random.nextInt(60);
      if (random.nextInt(3) == 0) {
        tx.delete(BLOBS, key);
        lengths.remove(key);
      } else {
        int length = random.nextInt(1 << random.nextInt(19));
        tx.put(BLOBS, key, blob(key, length));
        lengths.put(key, length);
      }
    }
  }
}
