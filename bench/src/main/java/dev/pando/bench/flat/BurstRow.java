package dev.pando.bench.flat;

import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.bench.flat.FlatRow.Point;
import dev.pando.codec.Codec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Small commits before and after a burst of readers, whose slots are given back after seconds. */
final class BurstRow {
  private static final Table<Long, Long> TABLE = Table.of("t", Codec.u64(), Codec.u64());
  private static final int READERS = 10_000;
  private static final int SLICE = 50;

  private BurstRow() {}

  static List<Point> measure(Path directory, boolean quick) throws InterruptedException {
    try (Database db = Database.open(directory.resolve("burst.pando"))) {
      int slices = quick ? 40 : 400;
      double _ = commits(db, slices);
      double before = commits(db, slices);
      List<ReadTxn> burst = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        burst.add(db.beginRead());
      }
      burst.forEach(ReadTxn::close);
      Thread.sleep(5000); // given back after 3 s, half of them at each tick
      double after = commits(db, slices);
      return List.of(new Point("no readers", before), new Point(READERS + " readers", after));
    }
  }

  /** The fastest of many slices. */
  private static double commits(Database db, int slices) {
    double best = Double.MAX_VALUE;
    for (int slice = 0; slice < slices; slice++) {
      long begin = System.nanoTime();
      for (long i = 0; i < SLICE; i++) {
        long value = i;
        db.update(Durability.ASYNC, tx -> tx.put(TABLE, value, value));
      }
      best = Math.min(best, (System.nanoTime() - begin) / (double) SLICE);
    }
    return best;
  }
}
