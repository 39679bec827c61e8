package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.Database;
import dev.pando.Entry;
import dev.pando.Options;
import dev.pando.Range;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.codec.Codec;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A conversion in many transactions, of which the power is cut at each sync: what is left is
 * opened, the same call is made again, and its result is that of a conversion without a crash.
 */
class ConversionCrashTest {
  private static final Path FILE = Path.of("/simulated/conversion.pando");
  private static final int COUNT = 120;
  private static final int PER_COMMIT = 25;
  private static final Table<Integer, String> OLD = Table.of("t", Codec.i32(), Codec.utf8());
  private static final Table<String, Integer> NEW = Table.of("t", Codec.utf8(), Codec.i32());

  private final SimulatedDisk disk = new SimulatedDisk(1 << 20);
  private final Options options =
      Options.defaults().withPageSize(512).withCloseTimeout(Duration.ZERO);

  private int crashes;
  private int begun;
  private int done;

  @AfterEach
  void close() {
    disk.close();
  }

  @Test
  void goesOnAfterEveryPowerCut() {
    try (Database db = Database.open(FILE, disk.options(options))) {
      db.update(
          tx -> {
            for (int i = 0; i < COUNT; i++) {
              tx.put(OLD, i, "v" + i * 31 % COUNT);
            }
          });
      disk.onCall(
          (call, file, offset, bytes) -> {
            if (call == Call.SYNC) { // the moment at which most may be lost
              disk.powerCuts(crashes).forEach((kind, left) -> goOn(left));
            }
          });
      assertThat(convert(db)).isEqualTo(COUNT);
      disk.onCall((_, _, _, _) -> {});
      compare(db);
    }
    assertThat(crashes).isGreaterThan(50);
    assertThat(begun).as("crashes in the middle").isPositive();
    assertThat(done).as("crashes at the end").isPositive();
  }

  private static long convert(Database db) {
    return db.convert(OLD, NEW, (key, value) -> new Entry<>(value, key), PER_COMMIT, (_, _) -> {});
  }

  private void goOn(SimulatedDisk left) {
    crashes++;
    try (Database db = Database.open(FILE, left.options(options))) {
      if (db.view(ReadTxn::tables).size() > 1) {
        begun++;
      }
      long count = convert(db);
      assertThat(count).isIn(0L, (long) COUNT);
      if (count == 0) {
        done++;
      }
      compare(db);
    }
  }

  private static void compare(Database db) {
    assertThat(db.view(ReadTxn::tables)).containsExactly("t");
    assertThat(db.list(NEW, Range.all())).hasSize(COUNT);
    for (int i = 0; i < COUNT; i++) {
      assertThat(db.get(NEW, "v" + i * 31 % COUNT)).isEqualTo(i);
    }
    assertThat(db.check().ok()).isTrue();
  }
}
