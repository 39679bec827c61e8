package dev.pando.crash;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Disk;
import dev.pando.Durability;
import dev.pando.Options;
import dev.pando.ReadTxn;
import dev.pando.WriteTxn;
import dev.pando.error.StorageException;
import dev.pando.testkit.KilledError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A process of a {@link ProcessesRun}: the database that it has open, its transaction, its readers,
 * and what it can do with them. A write begins a transaction if none runs in this process.
 */
final class Member {
  static final int MOST_READERS = 4;

  private final ProcessesRun run;
  private @Nullable Disk process;
  private @Nullable Database db;
  private @Nullable WriteTxn tx;

  /** What the running transaction has made of the tables. */
  private ExpectedTables<Long> working = Model.empty().tables();

  private ExpectedSavepoints<Long> savepoints = new ExpectedSavepoints<>();
  private final List<HeldReader<Long>> readers = new ArrayList<>();

  Member(ProcessesRun run) {
    this.run = run;
  }

  // ---- its life

  /** Whether it runs, even if its database is not open, or not any more. */
  boolean isAlive() {
    return process != null;
  }

  boolean isOpen() {
    return db != null;
  }

  boolean isWriting() {
    return tx != null;
  }

  Disk process() {
    Disk running = process;
    if (running == null) {
      throw new IllegalStateException("not running");
    }
    return running;
  }

  Database db() {
    Database open = db;
    if (open == null) {
      throw new IllegalStateException("the database is closed");
    }
    return open;
  }

  /** It begins, with the database open. */
  Database begin(Disk started, Options options) {
    process = started;
    Database opened = Database.open(ImageCheck.FILE, options.withDisk(started));
    db = opened;
    return opened;
  }

  /** Ends its transaction, if it has one, without a commit. */
  void endTransaction() {
    WriteTxn running = tx;
    tx = null;
    if (running != null) {
      running.close();
    }
  }

  void endReaders() {
    readers.forEach(HeldReader::end);
    readers.clear();
  }

  /** Closes the database of a process that ends because a call has failed. */
  void closeAnyhow() {
    endReaders();
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

  /** It is dead: drops what it had open, which changes nothing and logs no leak. */
  void bury() {
    Database dead = db;
    db = null;
    process = null;
    readers.clear();
    try {
      endTransaction();
    } catch (KilledError e) {
      // It is dead.
    }
    if (dead != null) {
      ImageCheck.discard(dead);
    }
  }

  /** All is as it must be, if the database is open. */
  void verify() {
    if (db != null) {
      endReaders();
      run.look(db());
      CheckReport _ = db().check().throwIfBad();
    }
  }

  // ---- what processes do

  void close() {
    endTransaction();
    endReaders();
    Database closing = db();
    db = null;
    run.tell(this, "closes");
    closing.close();
    process = null;
    run.closed(this);
  }

  void reopen() {
    close();
    run.open(this);
  }

  /** It is killed between two calls. */
  void kill() {
    run.kill(this);
  }

  /** Begins to write; false if another process writes. */
  boolean begin() {
    boolean busy = run.isAnybodyWriting();
    WriteTxn begun = db().tryBeginWrite(Duration.ZERO);
    if ((begun == null) != busy) {
      throw new AssertionError(busy ? "two writers" : "a writer is kept out by nobody");
    }
    if (begun == null) {
      return false;
    }
    tx = begun;
    run.tell(this, "begins " + begun.txnId());
    run.begun(this);
    working = run.seen().tables().copy();
    working.assertSeenBy(begun);
    savepoints = new ExpectedSavepoints<>();
    return true;
  }

  private WriteTxn tx() {
    if (tx == null && !begin()) {
      throw new IllegalStateException("another process writes");
    }
    WriteTxn running = tx;
    if (running == null) {
      throw new IllegalStateException("not begun");
    }
    return running;
  }

  void put(String table, long key, int length) {
    WriteTxn running = tx();
    working.put(running, table, key, Model.value(run.random.nextLong(), length));
  }

  void delete(String table, long key) {
    WriteTxn running = tx();
    working.delete(running, table, key);
  }

  void deleteRange(String table, long from, long to) {
    WriteTxn running = tx();
    working.deleteRange(running, table, from, to);
  }

  /** Puts two of three keys, and deletes the third, by a batch. */
  void batch(String table, long first, int count, boolean flush) {
    WriteTxn running = tx();
    Map<Long, byte @Nullable []> changes = new HashMap<>();
    for (int i = 0; i < count; i++) {
      boolean put = i % 3 < 2;
      changes.put((first + 7L * i) % 100, put ? Model.value(run.random.nextLong(), 20 + i) : null);
    }
    working.change(running, table, changes, flush);
  }

  /** Makes changes in the transaction, and in the tables that it should see. */
  void change(BiConsumer<WriteTxn, ExpectedTables<Long>> changes) {
    WriteTxn running = tx();
    changes.accept(running, working);
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

  /** How many savepoints the transaction has. */
  int savepoints() {
    return tx == null ? 0 : savepoints.depth();
  }

  /** Rolls back to one of the savepoints there are, or releases it and those after it. */
  void endSavepoint(int which, boolean rollBack) {
    if (tx != null && savepoints.depth() > 0) {
      int at = which % savepoints.depth();
      if (rollBack) {
        working = savepoints.rollBack(tx, at);
      } else {
        savepoints.release(tx, at);
      }
    }
  }

  void commit(Durability durability) {
    WriteTxn running = tx();
    working.assertSeenBy(running);
    run.tell(this, "commits " + durability);
    run.states.commits(run.seen().with(working));
    running.commit(durability);
    tx = null;
    run.acknowledged(durability);
  }

  void abort() {
    WriteTxn _ = tx();
    endTransaction();
  }

  void sync() {
    if (!run.isAnybodyWriting()) {
      run.tell(this, "syncs");
      db().sync();
      run.states.durable(run.seen());
    }
  }

  void beginReader() {
    if (readers.size() < MOST_READERS) {
      run.tell(this, "reads");
      run.look(db());
      readers.add(new HeldReader<>(db().beginRead(), run.seen().tables()));
    }
  }

  /** Reads what one of the readers sees, and should see; begins one if there is none. */
  void read(int which, BiConsumer<ReadTxn, ExpectedTables<Long>> reads) {
    if (readers.isEmpty()) {
      beginReader();
    }
    HeldReader<Long> reader = readers.get(which % readers.size());
    reads.accept(reader.tx(), reader.state());
  }

  /** Checks the file, also while a transaction runs. */
  void check() {
    run.look(db());
    CheckReport _ = db().check().throwIfBad();
  }

  void endReader(int which) {
    if (!readers.isEmpty()) {
      readers.remove(which % readers.size()).end();
    }
  }

  void createSnapshot(String name) {
    if (run.isQuiet() && !run.seen().hasSnapshot(name)) {
      run.tell(this, "creates the snapshot " + name);
      run.commits(this, run.seen().withSnapshot(name));
      Object _ = db().snapshots().create(name);
      run.acknowledged(Durability.SYNC);
    }
  }

  void dropSnapshot(String name) {
    if (run.isQuiet() && run.seen().hasSnapshot(name)) {
      run.tell(this, "drops the snapshot " + name);
      run.commits(this, run.seen().withoutSnapshot(name));
      boolean _ = db().snapshots().drop(name);
      run.acknowledged(Durability.SYNC);
    }
  }

  void restoreSnapshot(String name) {
    if (run.isQuiet() && run.seen().hasSnapshot(name)) {
      run.tell(this, "restores the snapshot " + name);
      run.commits(this, run.seen().restored(name));
      long _ = db().snapshots().restore(name);
      run.acknowledged(Durability.SYNC);
    }
  }

  void compact() {
    if (run.isQuiet()) {
      run.tell(this, "compacts");
      run.commits(this, run.seen()); // its commits change nothing that can be seen
      run.states.writesMeta();
      db().compact();
      run.states.commitIsOver();
    }
  }

  /** Lets something happen at a call of the disk from now on. */
  void plan(Fault what, int calls) {
    run.plan(what, calls);
  }
}
