package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.Options;
import dev.pando.Table;
import dev.pando.testkit.KilledError;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import dev.pando.txn.commit.TransactionIds;
import java.util.Arrays;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a crash left behind in a slot does not come back to life after the next crash. */
class DeadClaimTest {
  private static final Options OPTIONS = ImageCheck.options(512, 512);
  private static final Table<Long, byte[]> TABLE = Model.table("t");

  /**
   * A meta was not valid because the file had lost its new length, and the commit before it was
   * opened. Whoever wrote next gave out lower ids than that meta's, and made the file as long
   * again: after another crash the meta was valid and newer than all. Only a page that was lost as
   * well kept its commit, gone in between, from coming back.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aMetaBeyondTheFilesEndStaysDead(int more) {
    byte[] durable = durableWithFreePages();
    int[] syncs = new int[1];
    byte[] claimed =
        crash(
            durable,
            db -> untilItMustClaimAgain(db, more),
            (call, offset) -> call == Call.SYNC && ++syncs[0] == 3 + more);
    byte[] cut = Arrays.copyOf(claimed, durable.length);
    boolean[] isLonger = new boolean[1];
    byte[] grown =
        crash(
            cut,
            db -> {
              assertThat(keys(db)).isEqualTo(1);
              db.update(tx -> tx.put(TABLE, 7L, new byte[90_000]));
              return db;
            },
            (call, offset) -> {
              isLonger[0] |= call == Call.WRITE && offset >= cut.length;
              return isLonger[0] && call == Call.WRITE && offset < 3 * 512;
            });
    assertThat(grown.length).isGreaterThan(claimed.length);
    try (SimulatedDisk disk = new SimulatedDisk(1 << 20)) {
      disk.put(ImageCheck.FILE, grown);
      try (Database db = Database.open(ImageCheck.FILE, disk.options(OPTIONS))) {
        assertThat(db.openReport().passedOver()).isEmpty();
        assertThat(keys(db)).isEqualTo(1);
        CheckReport _ = db.check().throwIfBad();
      }
    }
  }

  private static long keys(Database db) {
    return db.<Long, RuntimeException>view(tx -> tx.count(TABLE));
  }

  private static byte[] durableWithFreePages() {
    try (SimulatedDisk disk = new SimulatedDisk(1 << 20)) {
      try (Database db = Database.open(ImageCheck.FILE, disk.options(OPTIONS))) {
        db.update(tx -> tx.put(TABLE, 1L, new byte[8000]));
        db.update(tx -> tx.delete(TABLE, 1L));
        for (int i = 0; i < 4; i++) {
          db.update(tx -> tx.put(TABLE, 0L, new byte[10]));
        }
      }
      return disk.content(ImageCheck.FILE);
    }
  }

  /**
   * Commits that are synced, and then so many that are not, the first of which makes the file
   * longer, that the session has used all the ids that it claimed. Its next claim is the last meta
   * that it writes.
   */
  private static Database untilItMustClaimAgain(Database db, int synced) {
    for (int i = 0; i <= synced; i++) {
      db.update(tx -> tx.put(TABLE, 0L, new byte[10]));
    }
    db.update(Durability.ASYNC, tx -> tx.put(TABLE, 1L, new byte[60_000]));
    for (int i = 0; i < TransactionIds.RANGE; i++) {
      db.update(Durability.ASYNC, tx -> tx.put(TABLE, 2L, new byte[10]));
    }
    return db;
  }

  private interface Moment {
    boolean isNow(Call call, long offset);
  }

  /** What a process leaves that does something and is killed at a call, or else afterwards. */
  private static byte[] crash(byte[] content, Function<Database, Object> action, Moment moment) {
    try (SimulatedDisk disk = new SimulatedDisk(1 << 20)) {
      disk.put(ImageCheck.FILE, content);
      Database db = Database.open(ImageCheck.FILE, disk.options(OPTIONS));
      boolean[] killed = new boolean[1];
      disk.onCall(
          (call, file, offset, bytes) -> {
            if (moment.isNow(call, offset)) {
              killed[0] = true;
              disk.kill();
            }
          });
      try {
        Object _ = action.apply(db);
      } catch (KilledError e) {
        assertThat(killed[0]).isTrue();
      }
      disk.kill();
      assertThatThrownBy(db::close).isInstanceOf(KilledError.class);
      return disk.content(ImageCheck.FILE);
    }
  }
}
