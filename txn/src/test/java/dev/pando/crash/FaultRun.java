package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.WriteTxn;
import dev.pando.error.DatabaseFailedException;
import dev.pando.error.StorageException;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A program whose disk fails at one call, and that goes on as a careful program would: what fails
 * is left out, after a {@link DatabaseFailedException} nothing more is written until the next
 * session, and readers stay open. It demands after every failure that the database shows what was
 * acknowledged before.
 */
final class FaultRun implements AutoCloseable {
  private static final int PAGE = 512;
  private static final long CAPACITY = 4 << 20;

  /** A transaction and what it makes of the state before. */
  record Working(WriteTxn tx, ExpectedTables<Long> model) {
    void put(String table, long key, int length) {
      model.put(tx, table, key, Model.value(31 * key + length, length));
    }

    void delete(String table, long key) {
      model.delete(tx, table, key);
    }

    void deleteRange(String table, long from, long to) {
      model.deleteRange(tx, table, from, to);
    }
  }

  private final Fault fault;
  private final boolean forEver;
  private final int failingCall;
  private final Random random;
  private final SimulatedDisk disk = new SimulatedDisk(CAPACITY);
  private final ImageCheck check;
  private final List<HeldReader<Long>> readers = new ArrayList<>();
  private @Nullable Database db;

  /** What a power cut may leave, the oldest first; the last is what processes see. */
  private List<Model> history = new ArrayList<>(List.of(Model.empty()));

  /** The commit that ended with a failed database, if any. */
  private @Nullable Model doubtful;

  private boolean failed;
  private boolean syncFailed;
  private boolean writing;
  private boolean quiet;

  /** Calls at which the fault may happen, so far. */
  int calls;

  /** Faults that took place. */
  int injected;

  /**
   * A run.
   *
   * @param failingCall counts the calls that fit the fault, from 1; 0 if none shall fail
   * @param forEver whether all after it fail, too
   * @param logged whether there is a commit log
   */
  FaultRun(Fault fault, boolean forEver, int failingCall, boolean logged) {
    this.fault = fault;
    this.forEver = forEver;
    this.failingCall = failingCall;
    random = new Random(failingCall);
    check = new ImageCheck(PAGE, 2048, 1, logged ? 16 * PAGE : 0, random);
    disk.onCall(this::before);
  }

  private void before(Call call, @Nullable Path file, long offset, long bytes) {
    if (quiet || !fault.fits(call)) {
      return;
    }
    calls++;
    if (calls == failingCall || (forEver && failingCall > 0 && calls > failingCall)) {
      injected++;
      syncFailed |= call == Call.SYNC || call == Call.SYNC_RANGE;
      throw fault.thrown(disk, call, file, bytes, random);
    }
  }

  private Model seen() {
    return history.getLast();
  }

  /** What a power cut may leave now. */
  private List<Model> possible() {
    List<Model> all = new ArrayList<>(history);
    if (doubtful != null) {
      all.add(doubtful);
    }
    return all;
  }

  // ---- what the program does

  /** A session: opens the database, does something, closes it. */
  void session(Runnable work) {
    int before = injected;
    try {
      open();
      work.run();
      endReaders();
      closeDatabase();
    } catch (StorageException e) {
      if (!failed && injected == before) {
        throw new AssertionError("nothing failed but this", e);
      }
      leave();
    }
  }

  private void open() {
    Database opened = Database.open(ImageCheck.FILE, disk.options(check.options()));
    db = opened;
    failed = false;
    writing = false;
    found(ImageCheck.find(opened, possibleForTheNextProcess()));
  }

  /** What was written is there, unless a sync failed: nobody knows what that has lost. */
  private List<Model> possibleForTheNextProcess() {
    List<Model> all = possible();
    return syncFailed ? all : all.subList(history.size() - 1, all.size());
  }

  private void found(Model state) {
    List<Model> all = possible();
    history = new ArrayList<>(all.subList(0, all.indexOf(state) + 1));
    doubtful = null;
    syncFailed = false;
  }

  private void closeDatabase() {
    Database closing = db;
    if (closing != null) {
      db = null;
      closing.close();
      if (writing && !failed) {
        history = new ArrayList<>(List.of(seen()));
      }
    }
  }

  /** A session ends badly; whatever it has open, the next process does not find. */
  private void leave() {
    endReaders();
    try {
      closeDatabase();
    } catch (StorageException e) {
      assertThat(injected).isPositive();
    }
    disk.kill();
  }

  /** Begins a reader, which is compared after each failure and at the end of the session. */
  void hold() {
    Database open = db;
    if (open != null) {
      int before = injected;
      try {
        readers.add(new HeldReader<>(open.beginRead(), seen().tables()));
      } catch (StorageException e) {
        assertThat(injected).as("reading failed").isGreaterThan(before);
      }
    }
  }

  private void endReaders() {
    readers.forEach(HeldReader::end);
    readers.clear();
  }

  void update(Durability durability, Consumer<Working> changes) {
    Model next = seen().copy();
    attempt(
        durability,
        next,
        open -> {
          try (WriteTxn tx = open.beginWrite()) {
            if (!writing) {
              writing = true; // what it found is on disk now
              history = new ArrayList<>(List.of(seen()));
            }
            changes.accept(new Working(tx, next.tables()));
            mayLeave(next);
            tx.commit(durability);
          }
        });
  }

  void sync() {
    attempt(
        Durability.ASYNC,
        seen(),
        open -> {
          open.sync();
          history = new ArrayList<>(List.of(seen()));
        });
  }

  void compact() {
    attempt(Durability.ASYNC, seen(), Database::compact);
  }

  void createSnapshot(String name) {
    Model next = seen().withSnapshot(name);
    attempt(
        Durability.SYNC,
        next,
        open -> {
          mayLeave(next);
          Object _ = open.snapshots().create(name);
        });
  }

  /** Drops a snapshot, unless its creation failed. */
  void dropSnapshot(String name) {
    boolean there = seen().hasSnapshot(name);
    Model next = seen().withoutSnapshot(name);
    attempt(
        Durability.SYNC,
        next,
        open -> {
          mayLeave(next);
          assertThat(open.snapshots().drop(name)).isEqualTo(there);
        });
  }

  /** Restores a snapshot, unless its creation failed. */
  void restoreSnapshot(String name) {
    if (!seen().hasSnapshot(name)) {
      attempt(Durability.SYNC, seen(), Database::sync); // durable if it succeeds
      return;
    }
    Model next = seen().restored(name);
    attempt(
        Durability.SYNC,
        next,
        open -> {
          mayLeave(next);
          long _ = open.snapshots().restore(name);
        });
  }

  private void mayLeave(Model next) {
    doubtful = failed ? doubtful : next;
  }

  /** Does something that changes the state to another one, or fails and changes nothing. */
  private void attempt(Durability durability, Model next, Consumer<Database> action) {
    Database open = db;
    if (open == null) {
      throw new IllegalStateException("not in a session");
    }
    int before = injected;
    try {
      action.accept(open);
      assertThat(failed).as("wrote after it had failed").isFalse();
      doubtful = null;
      if (durability == Durability.SYNC) {
        history = new ArrayList<>(List.of(next));
      } else {
        history.add(next);
      }
    } catch (DatabaseFailedException e) {
      assertThat(failed || injected > before).as("a reason to fail").isTrue();
      failed = true; // what is in doubt stays so until the next session
      afterFailure(open);
    } catch (StorageException e) {
      if (failed || injected == before) {
        throw new AssertionError("the disk does not fail, or the database has failed before", e);
      }
      doubtful = null;
      afterFailure(open);
    }
  }

  private void afterFailure(Database open) {
    readers.forEach(HeldReader::verify);
    assertThat(seen().isIn(open)).as("the newest acknowledged state is seen").isTrue();
  }

  // ---- what must be there in the end

  /**
   * A power cut now, and, without one, a new process: each finds what is durable or a state since.
   * Then two more commits, and each power cut leaves the second.
   */
  void verify() {
    quiet = true;
    powerCut(possible());
    disk.kill();
    open();
    Database opened = db;
    if (opened == null) {
      throw new AssertionError("not open");
    }
    CheckReport _ = opened.check().throwIfBad();
    powerCut(possible());
    for (long key = 0; key < 2; key++) {
      long number = key;
      update(Durability.SYNC, working -> working.put("after", number, 700));
    }
    CheckReport _ = opened.check().throwIfBad();
    assertThat(seen().isIn(opened)).isTrue();
    powerCut(possible());
    closeDatabase();
    powerCut(possible());
  }

  private void powerCut(List<Model> states) {
    try (SimulatedDisk left = disk.powerCuts(random.nextLong()).any()) {
      Model _ = check.open(left, states);
    } catch (Throwable e) {
      throw new AssertionError("after a power cut", e);
    }
  }

  @Override
  public void close() {
    quiet = true;
    disk.kill();
    disk.close();
  }
}
