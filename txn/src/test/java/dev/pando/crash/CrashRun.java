package dev.pando.crash;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.WriteTxn;
import dev.pando.error.DatabaseFailedException;
import dev.pando.error.StorageException;
import dev.pando.testkit.KilledError;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A program on a disk that loses what was not synced, beside a model of what it must leave. Before
 * each sync, and after commits that were not synced, all or some of the images that a power cut may
 * leave are verified. The program may be killed, lose power, or be told of an error at any call of
 * the disk; then it goes on with what is left.
 */
final class CrashRun implements AutoCloseable {
  private static final long CAPACITY = 1 << 20;

  final ImageCheck check;
  private final Random random;
  private int exhaustive;
  private final int samples;

  private SimulatedDisk disk = new SimulatedDisk(CAPACITY);
  private @Nullable Database db;
  private @Nullable WriteTxn tx;
  private final List<HeldReader<Long>> readers = new ArrayList<>();
  private ExpectedSavepoints<Long> savepoints = new ExpectedSavepoints<>();

  private final PossibleStates states = new PossibleStates();

  /** What the running transaction has made of it. */
  private ExpectedTables<Long> working = Model.empty().tables();

  /** Whether this process has begun to write. */
  private boolean writing;

  private @Nullable Fault fault;
  private int callsToFault;
  private boolean cutAfterKill;

  /** Whether the disk has told of an error, and nobody has gone on yet. */
  private boolean failing;

  /** Faults that took place. */
  long faults;

  /**
   * A program begins on an empty disk.
   *
   * @param exhaustive up to so many unsynced sectors all their subsets are tried
   * @param samples else, images of each kind
   */
  CrashRun(ImageCheck check, int exhaustive, int samples, Random random) {
    this.check = check;
    this.random = random;
    this.exhaustive = exhaustive;
    this.samples = samples;
    disk.onCall(this::before);
  }

  /** Does something; if the disk fails meanwhile, goes on with what is left. */
  void step(Consumer<CrashRun> action) {
    try {
      if (db == null) {
        open();
      }
      action.accept(this);
    } catch (KilledError e) {
      afterKill();
    } catch (StorageException e) {
      if (!failing) {
        throw e;
      }
      afterFailure(e instanceof DatabaseFailedException);
    }
  }

  private Database db() {
    Database open = db;
    if (open == null) {
      throw new IllegalStateException("the database is closed");
    }
    return open;
  }

  // ---- the disk

  private void before(Call call, @Nullable Path file, long offset, long bytes) {
    if (check.isMeta(call, file, offset)) {
      states.writesMeta();
    }
    if (call == Call.SYNC || call == Call.SYNC_DIRECTORY) {
      verifyImages();
    }
    Fault planned = fault;
    if (planned != null && planned.fits(call) && --callsToFault <= 0) {
      fault = null;
      faults++;
      happen(planned, call, file, bytes);
    }
  }

  private void happen(Fault what, Call call, @Nullable Path file, long bytes) {
    switch (what) {
      case KILL -> disk.kill();
      case POWER_CUT -> {
        cutAfterKill = true;
        disk.kill();
      }
      case KILL_IN_WRITE -> {
        disk.kill();
        throw what.thrown(disk, call, file, bytes, random);
      }
      default -> {
        failing = true;
        throw what.thrown(disk, call, file, bytes, random);
      }
    }
  }

  /** Lets something happen at a call of the disk from now on. */
  void plan(Fault what, int calls) {
    fault = what;
    callsToFault = calls;
  }

  private void verifyImages() {
    if (exhaustive == 0) {
      return;
    }
    check.powerCuts(disk, states.afterPowerCut(), exhaustive, samples);
  }

  /** From now on all subsets are tried of up to so many unsynced sectors. */
  void tryAllSubsetsUpTo(int sectors) {
    exhaustive = sectors;
  }

  private Model seen() {
    return states.seen();
  }

  // ---- after a crash or a failure

  /** The process was killed, and perhaps the machine lost power as well. */
  private void afterKill() {
    List<Model> before = states.afterPowerCut();
    List<Model> possible = cutAfterKill ? before : states.findable();
    SimulatedDisk next = cutAfterKill ? disk.powerCuts(random.nextLong()).any() : disk.afterKill();
    disk.close();
    disk = cutAfterKill ? ImageCheck.roomy(next, CAPACITY) : next;
    disk.onCall(this::before);
    boolean cut = cutAfterKill;
    endProcess();
    open(possible);
    if (cut) {
      states.durable(seen());
    } else {
      // The file is as it was: until the next sync a power cut may still undo what was there.
      states.durableUpTo(seen(), before);
    }
  }

  private void endProcess() {
    WriteTxn running = tx;
    Database dead = db;
    db = null;
    tx = null;
    if (running != null) {
      try {
        running.close(); // a dead process changes nothing, and leaks nothing that would be logged
      } catch (KilledError e) {
        // It is dead.
      }
    }
    if (dead != null) {
      ImageCheck.discard(dead);
    }
    states.commitIsOver();
    cutAfterKill = false;
    readers.clear();
    savepoints = new ExpectedSavepoints<>();
    fault = null;
    failing = false;
  }

  /** A call failed, and the transaction, if it was in one. */
  private void afterFailure(boolean latched) {
    List<Model> before = states.afterPowerCut();
    // What a failed sync lost, the next process does not find.
    List<Model> possible = latched ? before : states.findable();
    failing = false;
    savepoints = new ExpectedSavepoints<>();
    WriteTxn running = tx;
    tx = null;
    states.commitIsOver();
    if (running != null) {
      running.close();
    }
    if (possible.size() == 1 && db != null && !latched) {
      if (!seen().isIn(db)) {
        throw new AssertionError("the transaction failed, but left something");
      }
      return; // nothing is in doubt: the program goes on
    }
    closeAnyhow();
    disk.kill(); // what failed to close
    open(possible);
    states.durableUpTo(seen(), before);
  }

  private void closeAnyhow() {
    readers.forEach(HeldReader::end);
    readers.clear();
    Database open = db;
    db = null;
    if (open != null) {
      try {
        open.close();
      } catch (StorageException e) {
        // It said before that it failed.
      }
    }
  }

  // ---- what programs do

  private void open() {
    open(states.findable());
  }

  private void open(List<Model> possible) {
    Database opened = Database.open(ImageCheck.FILE, disk.options(check.options()));
    db = opened;
    writing = false;
    Model found = ImageCheck.find(opened, possible);
    boolean _ = states.found(found);
    working = found.tables();
  }

  private WriteTxn tx() {
    WriteTxn running = tx;
    if (running == null) {
      running = db().beginWrite();
      tx = running;
      working = seen().tables().copy();
      if (!writing) {
        states.durable(seen()); // the first transaction of a process syncs what it found
        writing = true;
      }
    }
    return running;
  }

  void put(String table, long key, int length) {
    WriteTxn running = tx();
    working.put(running, table, key, Model.value(random.nextLong(), length));
  }

  void delete(String table, long key) {
    WriteTxn running = tx();
    working.delete(running, table, key);
  }

  void clear(String table) {
    WriteTxn running = tx();
    working.clear(running, table);
  }

  void drop(String table) {
    WriteTxn running = tx();
    working.drop(running, table);
  }

  /** Gives a table another name, unless there is one of it. */
  void rename(String from, String to) {
    WriteTxn running = tx();
    if (!working.has(to)) {
      working.rename(running, from, to);
    }
  }

  void savepoint() {
    WriteTxn running = tx();
    savepoints.begin(running, working);
  }

  /** Goes back to one of the savepoints there are, or forgets it and those after it. */
  void endSavepoint(int which, boolean rollBack) {
    if (savepoints.depth() == 0) {
      return;
    }
    int at = which % savepoints.depth();
    if (rollBack) {
      working = savepoints.rollBack(tx(), at);
    } else {
      savepoints.release(tx(), at);
    }
  }

  void commit(Durability durability) {
    WriteTxn running = tx();
    working.assertSeenBy(running);
    savepoints = new ExpectedSavepoints<>();
    states.commits(seen().with(working));
    running.commit(durability);
    tx = null;
    acknowledged(durability);
  }

  private void acknowledged(Durability durability) {
    states.acknowledged(durability);
    if (disk.isDirty()) {
      verifyImages();
    }
  }

  void abort() {
    WriteTxn running = tx();
    tx = null;
    savepoints = new ExpectedSavepoints<>();
    running.close();
  }

  void sync() {
    if (tx == null) {
      db().sync();
      states.durable(seen());
    }
  }

  void beginReader() {
    if (readers.size() < 4) {
      readers.add(new HeldReader<>(db().beginRead(), seen().tables()));
    }
  }

  void endReader(int which) {
    if (!readers.isEmpty()) {
      readers.remove(which % readers.size()).end();
    }
  }

  void createSnapshot(String name) {
    if (tx == null && !seen().hasSnapshot(name)) {
      states.commits(seen().withSnapshot(name));
      Object _ = db().snapshots().create(name);
      acknowledged(Durability.SYNC);
    }
  }

  void dropSnapshot(String name) {
    if (tx == null && seen().hasSnapshot(name)) {
      states.commits(seen().withoutSnapshot(name));
      boolean _ = db().snapshots().drop(name);
      acknowledged(Durability.SYNC);
    }
  }

  void restoreSnapshot(String name) {
    if (tx == null && seen().hasSnapshot(name)) {
      states.commits(seen().restored(name));
      long _ = db().snapshots().restore(name);
      acknowledged(Durability.SYNC);
    }
  }

  void compact() {
    if (tx == null) {
      states.commits(seen()); // its commits change nothing that can be seen
      states.writesMeta();
      db().compact();
      states.commitIsOver();
    }
  }

  void reopen() {
    if (tx != null) {
      abort();
    }
    readers.forEach(HeldReader::end);
    readers.clear();
    Database closing = db();
    db = null;
    closing.close();
    if (writing) {
      states.durable(seen());
    }
    open();
  }

  /** The end: everything is as it must be. */
  void verify() {
    if (db == null) {
      open();
    }
    fault = null;
    if (tx != null) {
      abort();
    }
    readers.forEach(HeldReader::end);
    readers.clear();
    CheckReport _ = db().check().throwIfBad();
    if (!seen().isIn(db())) {
      throw new AssertionError("the newest state is not there");
    }
  }

  @Override
  public void close() {
    disk.onCall((call, file, offset, bytes) -> {});
    disk.kill();
    disk.close();
  }
}
