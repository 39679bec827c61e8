package dev.pando.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.Database;
import dev.pando.Options;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * How an application tests what it finds after a crash: here, that transfers between accounts never
 * make or lose money, and that none that was confirmed is forgotten, wherever the power is cut.
 */
class AccountsCrashTest {
  private static final Path FILE = Path.of("/simulated/accounts.pando");
  private static final Table<String, Long> BALANCES =
      Table.of("balances", Codec.utf8(), Codec.i64());

  private final AtomicInteger confirmed = new AtomicInteger();
  private int crashes;

  @Test
  void noPowerCutMakesOrLosesMoney() {
    try (SimulatedDisk disk = new SimulatedDisk(1 << 20)) {
      try (Database db = Database.open(FILE, disk.options(Options.defaults()))) {
        db.update(
            tx -> {
              tx.put(BALANCES, "Ada", 1000L);
              tx.put(BALANCES, "Bob", 1000L);
            });
        disk.onCall(
            (call, file, offset, bytes) -> {
              if (call == Call.SYNC) { // the moment at which most may be lost
                disk.powerCuts(42).forEach((kind, left) -> verify(left));
              }
            });
        for (int i = 0; i < 20; i++) {
          db.update(tx -> transfer(tx, "Ada", "Bob", 7));
          confirmed.incrementAndGet();
        }
      }
    }
    assertTrue(crashes > 100, "crashes: " + crashes);
  }

  private static void transfer(WriteTxn tx, String from, String to, long amount) {
    tx.put(BALANCES, from, tx.get(BALANCES, from) - amount);
    tx.put(BALANCES, to, tx.get(BALANCES, to) + amount);
  }

  /** What the application finds when it starts again. */
  private void verify(SimulatedDisk left) {
    crashes++;
    try (Database db = Database.open(FILE, left.options(Options.defaults()))) {
      long ada = db.get(BALANCES, "Ada");
      long bob = db.get(BALANCES, "Bob");
      assertEquals(2000, ada + bob);
      long transfers = (bob - 1000) / 7;
      assertTrue(
          transfers == confirmed.get() || transfers == confirmed.get() + 1,
          transfers + " transfers, " + confirmed + " confirmed");
      assertTrue(db.check().ok());
    }
  }
}
