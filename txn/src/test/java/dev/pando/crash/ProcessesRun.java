package dev.pando.crash;

import dev.pando.Database;
import dev.pando.Durability;
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
 * A program of one process or several that have one database open, on a disk that loses what was
 * not synced. They take turns to write, read side by side, are killed at any call of the disk, lose
 * power, fail, and come back; the others go on. What each of them sees is compared with a model.
 * Before each sync, and after commits that were not synced, all or some of the images that a power
 * cut may leave are verified. One thread acts for all processes, so that a seed repeats the run.
 */
final class ProcessesRun implements AutoCloseable {
  private static final long CAPACITY = 1 << 20;

  final ImageCheck check;
  final Random random;
  final PossibleStates states = new PossibleStates();

  /** What was done, one line each, for the report of a failure. */
  private final StringBuilder story = new StringBuilder();

  /** What a process does first with its database. */
  private Consumer<Database> whenOpened = _ -> {};

  private final Thread thread = Thread.currentThread();
  private final List<Member> members = new ArrayList<>();
  private final int samples;
  private int exhaustive;
  private int momentsAnImage = 1;
  private SimulatedDisk disk = new SimulatedDisk(CAPACITY);

  /** Whether a process has begun to write since one opened the database alone. */
  private boolean written;

  /** The process that began to write last; null if it has ended. */
  private @Nullable Member lastWriter;

  private @Nullable Member acting;
  private @Nullable Fault fault;
  private int callsToFault;

  /** Whether a power cut is what kills. */
  private boolean cut;

  /** Whether a call has failed, and no process has gone on yet. */
  private boolean failing;

  /** Faults that took place. */
  long faults;

  /** Commits that were cut short and found by others. */
  long adopted;

  /**
   * A program begins on an empty disk.
   *
   * @param exhaustive up to so many unsynced sectors all their subsets are tried
   * @param samples else, images of each kind
   */
  ProcessesRun(ImageCheck check, int processes, int exhaustive, int samples, Random random) {
    this.check = check;
    this.random = random;
    this.exhaustive = exhaustive;
    this.samples = samples;
    for (int i = 0; i < processes; i++) {
      members.add(new Member(this));
    }
    disk.onCall(this::before);
  }

  /** The only process does something. */
  void step(Consumer<Member> action) {
    step(0, action);
  }

  /** A process does something; if it is killed or fails meanwhile, the run goes on. */
  void step(int which, Consumer<Member> action) {
    Member member = members.get(which);
    acting = member;
    try {
      if (!member.isOpen()) {
        open(member);
      }
      action.accept(member);
    } catch (KilledError e) {
      afterKill(member);
    } catch (StorageException e) {
      if (!failing) {
        throw e;
      }
      afterFailure(member, e instanceof DatabaseFailedException);
    }
    acting = null;
  }

  // ---- the disk

  private void before(Call call, @Nullable Path file, long offset, long bytes) {
    if (check.isMeta(call, file, offset)) {
      states.writesMeta();
    }
    if (call == Call.SYNC || call == Call.SYNC_RANGE || call == Call.SYNC_DIRECTORY) {
      verifyImages();
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
      case KILL, KILL_IN_WRITE -> disk.kill(member.process());
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

  /** Lets something happen at a call of the disk from now on. */
  void plan(Fault what, int calls) {
    fault = what;
    callsToFault = calls;
  }

  private void verifyImages() {
    if (exhaustive > 0 && (momentsAnImage == 1 || random.nextInt(momentsAnImage) == 0)) {
      check.powerCuts(disk, states.afterPowerCut(), exhaustive, samples);
    }
  }

  /** From now on all subsets are tried of up to so many unsynced sectors. */
  void tryAllSubsetsUpTo(int sectors) {
    exhaustive = sectors;
  }

  /** From now on images are taken at one of so many moments, chosen at random. */
  void takeImagesAtOneOf(int moments) {
    momentsAnImage = moments;
  }

  /** From now on each process does this first with its database. */
  void whenOpened(Consumer<Database> action) {
    whenOpened = action;
  }

  // ---- the ends of processes

  void kill(Member member) {
    tell(member, "is killed");
    disk.kill(member.process());
    afterKill(member);
  }

  private void afterKill(Member member) {
    states.cutShort();
    if (cut) {
      afterPowerCut();
      return;
    }
    end(member);
    if (noneIsAlive() && random.nextBoolean()) {
      replaceDisk(disk.afterKill()); // without the lock file
    }
    comeBack(member);
  }

  private void end(Member member) {
    member.bury();
    disk.bury();
    if (member == lastWriter) {
      lastWriter = null;
    }
  }

  /** The next call of the disk that a program of one process counts is one of its next step. */
  private void comeBack(Member member) {
    if (members.size() == 1) {
      open(member);
    }
  }

  private void afterPowerCut() {
    List<Model> possible = states.afterPowerCut();
    members.forEach(Member::bury);
    lastWriter = null;
    replaceDisk(ImageCheck.roomy(disk.powerCuts(random.nextLong()).any(), CAPACITY));
    cut = false;
    fault = null;
    states.settled();
    states.begin(possible); // the next to open finds one of them
    open(members.getFirst(), possible);
    states.durable(seen());
  }

  private void replaceDisk(SimulatedDisk next) {
    disk.close();
    disk = next;
    disk.onCall(this::before);
  }

  /**
   * A call failed, and the transaction with it. The process goes on if nothing is in doubt;
   * otherwise it ends, as one does that does not know what is on disk.
   */
  private void afterFailure(Member member, boolean latched) {
    tell(member, "has failed");
    states.cutShort();
    failing = false;
    member.endTransaction();
    if (member.isOpen() && !latched && !states.inDoubt()) {
      if (!seen().isIn(member.db())) {
        throw new AssertionError("the transaction failed, but left something");
      }
      return;
    }
    member.closeAnyhow();
    if (member.isAlive()) {
      disk.kill(member.process());
    }
    end(member);
    comeBack(member);
  }

  // ---- for processes

  /** What processes see. */
  Model seen() {
    return states.seen();
  }

  private boolean noneIsAlive() {
    return members.stream().noneMatch(Member::isAlive);
  }

  boolean isAnybodyWriting() {
    return members.stream().anyMatch(Member::isWriting);
  }

  /** Whether no process writes, and it is known what all of them see. */
  boolean isQuiet() {
    return !isAnybodyWriting() && !states.inDoubt();
  }

  void open(Member member) {
    open(member, states.findable());
  }

  private void open(Member member, List<Model> possible) {
    boolean alone = noneIsAlive();
    Database db = member.begin(disk.process(), check.options());
    whenOpened.accept(db);
    found(ImageCheck.find(db, possible));
    tell(member, (alone ? "opens alone " : "joins ") + db.openReport());
    if (alone) {
      states.settled(); // what is not whole now will never be
      written = false;
    }
  }

  private void found(Model state) {
    adopted += states.found(state) ? 1 : 0;
  }

  /** Compares: a writer that died while it took over may have shown what it found. */
  void look(Database db) {
    found(ImageCheck.find(db, states.findable()));
  }

  /** A process has begun to write. */
  void begun(Member member) {
    if (states.inDoubt()) {
      look(member.db()); // else the transaction is compared, which costs less
    }
    if (!written || states.inDoubt()) {
      states.settled();
      states.durable(seen()); // the first one, and one that takes over, sync what they found
    }
    written = true;
    lastWriter = member;
  }

  /** A process begins a commit whose transaction it does not show. */
  void commits(Member member, Model next) {
    lastWriter = lastWriter == member ? member : null; // it may fail before it writes
    states.commits(next);
  }

  void acknowledged(Durability durability) {
    states.acknowledged(durability);
    if (disk.isDirty()) {
      verifyImages();
    }
  }

  /** A process has closed the database: the last one that wrote syncs. */
  void closed(Member member) {
    if (member == lastWriter) {
      states.durable(seen());
      lastWriter = null;
    }
  }

  void tell(Member member, String what) {
    story.append("\n").append(members.indexOf(member)).append(' ').append(what);
    story.append(" (").append(states.afterPowerCut().size()).append(" states, ");
    story.append(states.inDoubt() ? "in doubt)" : "none in doubt)");
  }

  String story() {
    return story.toString();
  }

  // ---- the end

  /** Everything is as it must be, for all that have the database open, at least for one. */
  void verify() {
    fault = null;
    members.forEach(Member::endTransaction);
    if (members.stream().noneMatch(Member::isOpen)) {
      open(members.getFirst());
    }
    members.forEach(Member::verify);
  }

  /** All processes close the database. */
  void closeAll() {
    members.stream().filter(Member::isOpen).forEach(Member::close);
  }

  @Override
  public void close() {
    disk.onCall((call, file, offset, bytes) -> {});
    disk.kill();
    members.forEach(Member::bury); // else the thread for housekeeping refers to their databases
    disk.close();
  }
}
