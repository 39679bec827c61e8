package dev.pando.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.pando.Database;
import dev.pando.Entry;
import dev.pando.Range;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.examples.MarketTicks.Sum;
import dev.pando.examples.MarketTicks.Tick;
import dev.pando.examples.MarketTicks.TickKey;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sums of the example are right, and reading the trades makes no garbage. */
class MarketTicksTest {
  private static final long TICKS = 40_000;

  /** Bytes that a sum may allocate, for the scan itself; an object a trade would be 80,000. */
  private static final long MAX_ALLOCATED = 20_000;

  @TempDir Path directory;

  @Test
  void sums() {
    try (Database db = Database.open(directory.resolve("ticks.pando"))) {
      MarketTicks.write(db, TICKS, 1);
      Sum sum = new Sum();
      Table<TickKey, Tick> table = MarketTicks.table(new Tick());
      try (ReadTxn tx = db.beginRead()) {
        long from = 1_000 * 1_000_000L;
        long to = 6_000 * 1_000_000L;
        sum.of(tx, "GLOBEX", from, to);
        long volume = 0;
        double turnover = 0;
        for (Entry<TickKey, Tick> entry :
            tx.scan(
                table, Range.closedOpen(new TickKey("GLOBEX", from), new TickKey("GLOBEX", to)))) {
          volume += entry.value().volume;
          turnover += entry.value().price / 10_000.0 * entry.value().volume;
        }
        assertEquals(5_000, sum.trades());
        assertEquals(volume, sum.volume());
        assertEquals(turnover / volume, sum.vwap(), 1e-9);
        sum.of(tx, "NONE", from, to);
        assertEquals(0, sum.trades());
        assertTrue(Double.isNaN(sum.vwap()));
      }
      assertTrue(db.check().ok());
    }
  }

  @Test
  void readsWithoutGarbage() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Database db = Database.open(directory.resolve("ticks.pando"))) {
      MarketTicks.write(db, TICKS, 2);
      Sum sum = new Sum();
      try (ReadTxn tx = db.beginRead()) {
        for (int i = 0; i < 20; i++) { // classes are loaded, and pages decoded, once
          sum.of(tx, "ACME", 0, Long.MAX_VALUE);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        sum.of(tx, "ACME", 0, 5_000 * 1_000_000L);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertEquals(5_000, sum.trades());
        assertTrue(allocated < MAX_ALLOCATED, "bytes allocated: " + allocated);
      }
      assertTrue(db.check().ok());
    }
  }
}
