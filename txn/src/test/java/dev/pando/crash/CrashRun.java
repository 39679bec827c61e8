package dev.pando.crash;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.ReadTxn;
import dev.pando.Savepoint;
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
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A program on a disk that loses what was not synced, beside a model of what it must leave. Before
 * each sync, and after commits that were not synced, all or some of the images that a power cut may
 * leave are verified. The program may be killed, lose power, or be told of an error at any call of
 * the disk; then it goes on with what is left.
 */
final class CrashRun implements AutoCloseable {
  /** A reader and what it must go on seeing. */
  private record Held(ReadTxn tx, Model state) {}

  private record Point(Savepoint savepoint, Model state) {}

  private static final long CAPACITY = 1 << 20;

  final ImageCheck check;
  private final Random random;
  private int exhaustive;
  private final int samples;

  private SimulatedDisk disk = new SimulatedDisk(CAPACITY);
  private @Nullable Database db;
  private @Nullable WriteTxn tx;
  private final List<Held> readers = new ArrayList<>();
  private final List<Point> savepoints = new ArrayList<>();

  /** What a power cut may leave, the oldest first; the last is what processes see. */
  private List<Model> history = new ArrayList<>(List.of(Model.empty()));

  /** What the running transaction has made of it. */
  private Model working = Model.empty();

  /** What the running commit will leave; null if none runs. */
  private @Nullable Model inFlight;

  private boolean metaMayBeWritten;

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
    boolean ours = ImageCheck.FILE.equals(file);
    if (ours && call == Call.WRITE && offset < 3L * check.pageSize() && inFlight != null) {
      metaMayBeWritten = true;
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
    check.powerCuts(disk, possible(), exhaustive, samples);
  }

  /** From now on all subsets are tried of up to so many unsynced sectors. */
  void tryAllSubsetsUpTo(int sectors) {
    exhaustive = sectors;
  }

  /** What a power cut may leave now. */
  private List<Model> possible() {
    List<Model> all = new ArrayList<>(history);
    if (inFlight != null && metaMayBeWritten) {
      all.add(inFlight);
    }
    return all;
  }

  private void durable(Model state) {
    history = new ArrayList<>(List.of(state));
  }

  private Model seen() {
    return history.getLast();
  }

  // ---- after a crash or a failure

  /** The process was killed, and perhaps the machine lost power as well. */
  private void afterKill() {
    List<Model> possible = cutAfterKill ? possible() : lastOf(possible());
    SimulatedDisk next = cutAfterKill ? disk.powerCuts(random.nextLong()).any() : disk.afterKill();
    disk.close();
    disk = roomy(next);
    boolean cut = cutAfterKill;
    List<Model> before = possible();
    endProcess();
    open(possible);
    if (cut) {
      durable(seen());
    } else {
      // The file is as it was: until the next sync a power cut may still undo what was there.
      Model found = seen();
      history = upTo(found, before);
    }
  }

  private static List<Model> upTo(Model last, List<Model> states) {
    List<Model> some = new ArrayList<>();
    for (Model state : states) {
      some.add(state);
      if (state == last) {
        break;
      }
    }
    return some;
  }

  /** A disk after a power cut has little room. */
  private SimulatedDisk roomy(SimulatedDisk from) {
    if (!cutAfterKill) {
      from.onCall(this::before);
      return from;
    }
    SimulatedDisk next = new SimulatedDisk(CAPACITY);
    if (from.exists(ImageCheck.FILE)) {
      next.put(ImageCheck.FILE, from.content(ImageCheck.FILE));
    }
    from.close();
    next.onCall(this::before);
    return next;
  }

  /** A process sees the last commit, or the one in flight. */
  private List<Model> lastOf(List<Model> states) {
    return states.subList(history.size() - 1, states.size());
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
    inFlight = null;
    metaMayBeWritten = false;
    cutAfterKill = false;
    readers.clear();
    savepoints.clear();
    fault = null;
    failing = false;
  }

  /** A call failed, and the transaction, if it was in one. */
  private void afterFailure(boolean latched) {
    List<Model> before = possible();
    // What a failed sync lost, the next process does not find.
    List<Model> possible = latched ? before : lastOf(before);
    failing = false;
    savepoints.clear();
    WriteTxn running = tx;
    tx = null;
    inFlight = null;
    metaMayBeWritten = false;
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
    history = upTo(seen(), before);
  }

  private void closeAnyhow() {
    readers.forEach(CrashRun::end);
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
    open(lastOf(possible()));
  }

  private void open(List<Model> possible) {
    Database opened = Database.open(ImageCheck.FILE, disk.options(check.options()));
    db = opened;
    writing = false;
    Model found = ImageCheck.find(opened, possible);
    if (history.getLast() != found) {
      history.add(found);
    }
    working = found;
  }

  private WriteTxn tx() {
    WriteTxn running = tx;
    if (running == null) {
      running = db().beginWrite();
      tx = running;
      working = seen().copy();
      if (!writing) {
        durable(seen()); // the first transaction of a process syncs what it found
        writing = true;
      }
    }
    return running;
  }

  void put(String table, long key, int length) {
    byte[] value = Model.value(random.nextLong(), length);
    boolean _ = tx().put(Model.table(table), key, value);
    working.entries(table).put(key, value);
  }

  void delete(String table, long key) {
    boolean _ = tx().delete(Model.table(table), key);
    if (working.tables().containsKey(table)) {
      working.entries(table).remove(key);
    }
  }

  void clear(String table) {
    tx().clear(Model.table(table));
    working.tables().computeIfPresent(table, (name, old) -> new TreeMap<>());
  }

  void drop(String table) {
    boolean _ = tx().drop(table);
    working.tables().remove(table);
  }

  /** Gives a table another name, unless there is one of it. */
  void rename(String from, String to) {
    WriteTxn running = tx();
    if (!working.tables().containsKey(to)) {
      TreeMap<Long, byte[]> entries = working.tables().remove(from);
      if (running.rename(from, to) != (entries != null)) {
        throw new AssertionError("whether there is a table " + from);
      }
      if (entries != null) {
        working.tables().put(to, entries);
      }
    }
  }

  void savepoint() {
    Savepoint made = tx().savepoint();
    savepoints.add(new Point(made, working.copy()));
  }

  /** Goes back to one of the savepoints there are, or forgets it and those after it. */
  void endSavepoint(int which, boolean rollBack) {
    if (savepoints.isEmpty()) {
      return;
    }
    int at = which % savepoints.size();
    Point point = savepoints.get(at);
    if (rollBack) {
      tx().rollbackTo(point.savepoint);
      working = point.state.copy();
      savepoints.subList(at + 1, savepoints.size()).clear();
    } else {
      tx().release(point.savepoint);
      savepoints.subList(at, savepoints.size()).clear();
    }
  }

  void commit(Durability durability) {
    WriteTxn running = tx();
    if (!working.isSeenBy(running)) {
      throw new AssertionError("the transaction does not see what it did");
    }
    savepoints.clear();
    inFlight = working;
    running.commit(durability);
    tx = null;
    acknowledged(durability);
  }

  private void acknowledged(Durability durability) {
    Model done = inFlight;
    inFlight = null;
    metaMayBeWritten = false;
    if (done != null && durability == Durability.SYNC) {
      durable(done);
    } else if (done != null) {
      history.add(done);
    }
    if (disk.isDirty()) {
      verifyImages();
    }
  }

  void abort() {
    WriteTxn running = tx();
    tx = null;
    savepoints.clear();
    running.close();
  }

  void sync() {
    if (tx == null) {
      db().sync();
      durable(seen());
    }
  }

  void beginReader() {
    if (readers.size() < 4) {
      readers.add(new Held(db().beginRead(), seen()));
    }
  }

  void endReader(int which) {
    if (!readers.isEmpty()) {
      end(readers.remove(which % readers.size()));
    }
  }

  private static void end(Held reader) {
    if (!reader.state.isSeenBy(reader.tx)) {
      throw new AssertionError("a reader's snapshot has changed");
    }
    reader.tx.close();
  }

  void createSnapshot(String name) {
    if (tx == null && !seen().snapshots().containsKey(name)) {
      Model next = seen().copy();
      next.snapshots().put(name, new Model(seen().tables(), new TreeMap<>()));
      inFlight = next;
      Object _ = db().snapshots().create(name);
      acknowledged(Durability.SYNC);
    }
  }

  void dropSnapshot(String name) {
    if (tx == null && seen().snapshots().containsKey(name)) {
      Model next = seen().copy();
      next.snapshots().remove(name);
      inFlight = next;
      boolean _ = db().snapshots().drop(name);
      acknowledged(Durability.SYNC);
    }
  }

  void restoreSnapshot(String name) {
    if (tx == null && seen().snapshots().containsKey(name)) {
      inFlight = seen().restored(name);
      long _ = db().snapshots().restore(name);
      acknowledged(Durability.SYNC);
    }
  }

  void compact() {
    if (tx == null) {
      inFlight = seen(); // its commits change nothing that can be seen
      metaMayBeWritten = true;
      db().compact();
      inFlight = null;
      metaMayBeWritten = false;
    }
  }

  void reopen() {
    if (tx != null) {
      abort();
    }
    readers.forEach(CrashRun::end);
    readers.clear();
    Database closing = db();
    db = null;
    closing.close();
    if (writing) {
      durable(seen());
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
    readers.forEach(CrashRun::end);
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
