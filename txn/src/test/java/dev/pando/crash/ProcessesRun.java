package dev.pando.crash;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Disk;
import dev.pando.Durability;
import dev.pando.WriteTxn;
import dev.pando.error.StorageException;
import dev.pando.testkit.KilledError;
import dev.pando.testkit.SimulatedDisk;
import dev.pando.testkit.SimulatedDisk.Call;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A program of several processes that have one database open, on a disk that loses what was not
 * synced: they take turns to write, read side by side, are killed at any call of the disk, fail,
 * and come back; the others go on. What each of them sees, and what a power cut would leave before
 * each sync, is compared with a model. One thread acts for all, so that a seed repeats it.
 */
final class ProcessesRun implements AutoCloseable {
  /** One of the processes. */
  private static final class Member {
    private @Nullable Disk process;
    private @Nullable Database db;
    private @Nullable WriteTxn tx;
    private ExpectedTables<Long> working = Model.empty().tables();
    private final List<HeldReader<Long>> readers = new ArrayList<>();
  }

  private static final String[] TABLES = {"one", "two"};
  private static final int MOST_READERS = 3;
  private static final long CAPACITY = 1 << 20;

  final ImageCheck check;

  /** What was done, one line each, for who looks into a failure. */
  private final StringBuilder story = new StringBuilder();

  private final Random random;
  private final Thread thread = Thread.currentThread();
  private final int keys;
  private final List<Member> members = new ArrayList<>();
  private SimulatedDisk disk = new SimulatedDisk(CAPACITY);

  private final PossibleStates states = new PossibleStates();

  private @Nullable Member acting;
  private @Nullable Fault fault;
  private int callsToFault;
  private boolean cut;
  private boolean failing;

  /** Faults that took place. */
  long faults;

  /** Commits that were cut short and found by others. */
  long adopted;

  ProcessesRun(ImageCheck check, int processes, Random random) {
    this.check = check;
    this.random = random;
    this.keys = random.nextInt(5, 120);
    for (int i = 0; i < processes; i++) {
      members.add(new Member());
    }
    disk.onCall(this::before);
  }

  /** One of the processes does something. */
  void step() {
    Member member = members.get(random.nextInt(members.size()));
    acting = member;
    try {
      act(member);
    } catch (KilledError e) {
      afterKill(member);
    } catch (StorageException e) {
      if (!failing) {
        throw e;
      }
      afterFailure(member);
    }
    acting = null;
  }

  private void act(Member member) {
    Database db = member.db;
    if (db == null) {
      open(member);
      return;
    }
    WriteTxn tx = member.tx;
    int choice = random.nextInt(100);
    if (choice < 30) {
      if (tx == null) {
        begin(member, db);
      } else {
        change(member, tx);
      }
    } else if (choice < 50) {
      if (tx != null) {
        commit(member, tx);
      }
    } else if (choice < 75) {
      read(member, db);
    } else if (choice < 80) {
      if (isAnybodyWriting()) {
        return;
      }
      tell(member, "syncs");
      db.sync();
      states.durable(seen());
    } else if (choice < 85) {
      abort(member);
      close(member, db);
    } else if (choice < 91) {
      plan();
    } else if (choice < 94) {
      kill(member);
    } else {
      snapshot(member, db);
    }
  }

  private void plan() {
    fault = Fault.values()[random.nextInt(Fault.values().length)];
    callsToFault = random.nextInt(1, 25);
  }

  // ---- the disk

  private void before(Call call, @Nullable Path file, long offset, long bytes) {
    if (check.isMeta(call, file, offset)) {
      states.writesMeta();
    }
    if (call == Call.SYNC || call == Call.SYNC_DIRECTORY) {
      check.powerCuts(disk, states.afterPowerCut(), 3, 1);
    }
    Fault planned = fault;
    Member member = Thread.currentThread() == thread ? acting : null; // not for housekeeping
    if (planned != null && member != null && planned.fits(call) && --callsToFault <= 0) {
      fault = null;
      faults++;
      happen(planned, member, call, file, bytes);
    }
  }

  private void happen(Fault what, Member member, Call call, @Nullable Path file, long bytes) {
    tell(member, what + " at " + call);
    switch (what) {
      case KILL, KILL_IN_WRITE -> disk.kill(process(member));
      case POWER_CUT -> {
        cut = true;
        disk.kill();
      }
      default -> failing = true;
    }
    if (what != Fault.KILL && what != Fault.POWER_CUT) {
      throw what.thrown(disk, call, file, bytes, random);
    }
  }

  private static Disk process(Member member) {
    Disk process = member.process;
    if (process == null) {
      throw new IllegalStateException("not running");
    }
    return process;
  }

  private Model seen() {
    return states.seen();
  }

  private void tell(Member member, String what) {
    story.append("\n").append(members.indexOf(member)).append(' ').append(what);
    story.append(" (").append(states.afterPowerCut().size()).append(" states, ");
    story.append(states.inDoubt() ? "in doubt)" : "none in doubt)");
  }

  String story() {
    return story.toString();
  }

  private void found(Model state) {
    adopted += states.found(state) ? 1 : 0;
  }

  // ---- the ends of processes

  private void kill(Member member) {
    tell(member, "is killed");
    disk.kill(process(member));
    afterKill(member);
  }

  private void afterKill(Member member) {
    states.cutShort();
    if (cut) {
      afterPowerCut();
    } else {
      forget(member);
      disk.bury();
    }
  }

  private void forget(Member member) {
    WriteTxn running = member.tx;
    Database dead = member.db;
    member.db = null;
    member.tx = null;
    member.process = null;
    member.readers.clear();
    if (running != null) {
      try {
        running.close();
      } catch (KilledError e) {
        // It is dead.
      }
    }
    if (dead != null) {
      ImageCheck.discard(dead);
    }
  }

  private void afterPowerCut() {
    List<Model> possible = states.afterPowerCut();
    members.forEach(this::forget);
    SimulatedDisk left = disk.powerCuts(random.nextLong()).any();
    disk.close();
    disk = ImageCheck.roomy(left, CAPACITY);
    disk.onCall(this::before);
    cut = false;
    fault = null;
    states.settled();
    states.begin(possible); // the next to open finds one of them
    open(members.getFirst(), possible);
    states.durable(seen());
  }

  /** A call failed: the process ends, as one does that does not know what is on disk. */
  private void afterFailure(Member member) {
    tell(member, "has failed");
    states.cutShort();
    failing = false;
    Database db = member.db;
    abort(member);
    if (db != null) {
      try {
        close(member, db);
      } catch (StorageException e) {
        // It said before that it failed.
      }
    }
    if (member.process != null) {
      disk.kill(member.process);
    }
    forget(member);
    disk.bury();
  }

  // ---- what processes do

  private void open(Member member) {
    open(member, states.findable());
  }

  private void open(Member member, List<Model> possible) {
    boolean alone = members.stream().allMatch(other -> other.process == null);
    Disk process = disk.process();
    member.process = process;
    Database db = Database.open(ImageCheck.FILE, check.options().withDisk(process));
    member.db = db;
    Model state = ImageCheck.find(db, possible);
    found(state);
    tell(member, (alone ? "opens alone " : "joins ") + db.openReport());
    if (alone) {
      states.settled(); // what is not whole now will never be
    }
  }

  private boolean isAnybodyWriting() {
    return members.stream().anyMatch(member -> member.tx != null);
  }

  private void begin(Member member, Database db) {
    boolean busy = isAnybodyWriting();
    WriteTxn tx = db.tryBeginWrite(Duration.ZERO);
    if ((tx == null) != busy) {
      throw new AssertionError(busy ? "two writers" : "a writer is kept out by nobody");
    }
    if (tx == null) {
      return;
    }
    member.tx = tx;
    tell(member, "begins " + tx.txnId());
    found(ImageCheck.find(db, states.findable()));
    if (states.inDoubt()) {
      states.settled();
      states.durable(seen()); // a process that takes over from a dead one syncs what it found
    }
    member.working = seen().tables().copy();
    member.working.assertSeenBy(tx);
  }

  private void change(Member member, WriteTxn tx) {
    String table = TABLES[random.nextInt(TABLES.length)];
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      long key = random.nextInt(keys);
      if (random.nextInt(3) == 0) {
        member.working.delete(tx, table, key);
      } else {
        member.working.put(tx, table, key, Model.value(random.nextLong(), length()));
      }
    }
  }

  private int length() {
    int kind = random.nextInt(100);
    return random.nextInt(kind < 80 ? 60 : kind < 99 ? 1500 : 70_000);
  }

  private void commit(Member member, WriteTxn tx) {
    Durability durability = random.nextInt(3) == 0 ? Durability.ASYNC : Durability.SYNC;
    states.commits(seen().with(member.working));
    tell(member, "commits " + durability);
    tx.commit(durability);
    member.tx = null;
    acknowledged(durability);
  }

  private void acknowledged(Durability durability) {
    states.acknowledged(durability);
    if (disk.isDirty()) {
      check.powerCuts(disk, states.afterPowerCut(), 3, 1);
    }
  }

  private void abort(Member member) {
    WriteTxn running = member.tx;
    member.tx = null;
    if (running != null) {
      running.close();
    }
  }

  private void snapshot(Member member, Database db) {
    if (isAnybodyWriting() || states.inDoubt()) {
      return;
    }
    String name = random.nextBoolean() ? "kept" : "too";
    tell(member, "makes, drops or restores the snapshot " + name);
    if (!seen().hasSnapshot(name)) {
      states.commits(seen().withSnapshot(name));
      Object _ = db.snapshots().create(name);
    } else if (random.nextInt(3) > 0) {
      states.commits(seen().restored(name));
      long _ = db.snapshots().restore(name);
    } else {
      states.commits(seen().withoutSnapshot(name));
      boolean _ = db.snapshots().drop(name);
    }
    acknowledged(Durability.SYNC);
  }

  private void read(Member member, Database db) {
    if (random.nextBoolean() && member.readers.size() < MOST_READERS) {
      tell(member, "reads");
      // A writer that died while it took over may have shown what it found.
      found(ImageCheck.find(db, states.findable()));
      member.readers.add(new HeldReader<>(db.beginRead(), seen().tables()));
    } else if (!member.readers.isEmpty()) {
      member.readers.remove(random.nextInt(member.readers.size())).end();
    }
  }

  private void close(Member member, Database db) {
    tell(member, "closes");
    member.readers.forEach(HeldReader::end);
    member.readers.clear();
    member.db = null;
    db.close();
    member.process = null;
  }

  /** The end: everything is as it must be, for those who are there and for who comes. */
  void verify() {
    fault = null;
    for (Member member : members) {
      abort(member);
    }
    for (Member member : members) {
      Database db = member.db;
      if (db == null) {
        continue;
      }
      found(ImageCheck.find(db, states.findable()));
      CheckReport _ = db.check().throwIfBad();
      close(member, db);
    }
    open(members.getFirst());
    Database last = members.getFirst().db;
    if (last != null) {
      CheckReport _ = last.check().throwIfBad();
      last.close();
    }
  }

  @Override
  public void close() {
    disk.onCall((call, file, offset, bytes) -> {});
    disk.kill();
    disk.close();
  }
}
