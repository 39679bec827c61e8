package dev.pando;

import dev.pando.txn.commit.ClosableLock;
import dev.pando.txn.commit.Writer;
import dev.pando.txn.commit.WriterWatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Updates of several threads share a transaction, its commit and its sync. Each runs on its own
 * thread, one after the other, inside a savepoint, so an update that fails is undone alone.
 *
 * <p>The first one begins the transaction and commits it; others join while the previous group is
 * being synced. Threads that the previous group has just released are likely to return with their
 * next update. The commit waits for them for a moment, as long as that pays.
 *
 * <p>See DECISIONS.md, 'Shared updates'.
 */
final class GroupCommit {
  /** Groups of more threads than this are not waited for: many will have joined anyway. */
  private static final int FEW = 64;

  private static final long MOST_PATIENCE_NANOS = 250_000;

  /** The number of checks for the end of the previous update before a thread parks. */
  private static final int SPINS = 1000;

  /** The number of commits without waiting after which waiting is tried again. */
  private static final int TRY_AGAIN = 64;

  private final Writer writer;
  private final Writers writing;
  private final WriterWatch watch;

  /** Held while an update runs: it is the right to use the open group's transaction. */
  private final ClosableLock joining;

  /** The group that takes updates; guarded by {@link #joining}. */
  private @Nullable UpdateGroup open;

  /** Threads of the previous group that have not returned yet; guarded by {@link #joining}. */
  private final List<Thread> expected = new ArrayList<>();

  private volatile int outstanding;

  // For the leader of a group whose turn it is to be committed.

  private long patience = MOST_PATIENCE_NANOS;
  private int impatient;

  /** Commits what {@link #runAsync} began; its thread ends when there is nothing to do. */
  private final Executor committer = OneThread.named("pando-commit");

  /**
   * No update yet.
   *
   * @param watch gets the threads that wait
   * @param closed the exception for threads that wait when the database is closed
   */
  GroupCommit(
      Writer writer,
      Writers writing,
      WriterWatch watch,
      Supplier<? extends RuntimeException> closed) {
    this.writer = writer;
    this.writing = writing;
    this.watch = watch;
    this.joining = new ClosableLock(false, closed);
  }

  /** Waiting and later updates get an exception; updates that have run are still committed. */
  void close() {
    joining.close(ClosableLock.CLOSING);
  }

  /** A commit that waits for an update to end gets an exception. */
  void end() {
    joining.close(ClosableLock.ENDED);
  }

  /** Runs an update; when this returns it is committed. */
  <R extends @Nullable Object, X extends Exception> R run(
      WriteFunction<R, X> body, Durability durability) throws X {
    writer.turn().checkNotNested();
    CommitHooks hooks = new CommitHooks();
    UpdateGroup group;
    boolean leads;
    R result;
    lockJoining();
    try {
      leads = open == null;
      group = openGroup();
      result = leads ? runFirst(group, body, hooks) : runNext(group, body, hooks);
      group.add(durability);
      arrived(group);
    } finally {
      joining.unlock();
    }
    if (leads) {
      commit(group);
    } else {
      group.await();
    }
    hooks.committed(group.durability() == Durability.SYNC, writing.syncs().actions());
    return result;
  }

  /** Runs an update; the future is complete when it is committed, or has failed. */
  <R extends @Nullable Object> CompletableFuture<R> runAsync(
      WriteFunction<R, ? extends Exception> body, Durability durability) {
    UpdateGroup[] joined = new UpdateGroup[1];
    CompletableFuture<R> future =
        new UpdateFuture<>(() -> writer.turn().runsClosureHere() && joined[0] == open);
    UpdateGroup.Promise<R> promise = new UpdateGroup.Promise<>(future, writing.syncs().actions());
    try {
      writer.turn().checkNotNested();
      lockJoining();
    } catch (RuntimeException e) {
      future.completeExceptionally(e);
      return future;
    }
    try {
      boolean leads = open == null;
      UpdateGroup group = openGroup();
      joined[0] = group;
      CommitHooks hooks = promise.hooks();
      promise.ran(leads ? runFirst(group, body, hooks) : runNext(group, body, hooks));
      group.add(promise, durability);
      if (leads) {
        handOver(group);
      }
    } catch (Throwable e) {
      future.completeExceptionally(e);
    } finally {
      joining.unlock();
    }
    return future;
  }

  private void handOver(UpdateGroup group) {
    try {
      committer.execute(() -> commitQuietly(group));
    } catch (Throwable e) { // no thread can be made: without one others would wait for ever
      giveUp(group);
      throw e;
    }
  }

  /** Ends a group that will not be committed. The caller holds {@link #joining}. */
  private void giveUp(UpdateGroup group) {
    open = null;
    group.whole.giveUp();
  }

  /** An update takes less time than a thread to fall asleep and wake up: worth a short wait. */
  private void lockJoining() {
    for (int i = 0; i < SPINS; i++) {
      if (joining.tryLock()) {
        return;
      }
      Thread.onSpinWait();
    }
    WriterWatch.Wait wait = watch.waits();
    try {
      joining.lock();
    } finally {
      watch.goesOn(wait);
    }
  }

  private UpdateGroup openGroup() {
    UpdateGroup group = open;
    if (group == null) {
      group = new UpdateGroup();
      // Threads that come while this one waits for its turn queue up after it, and join.
      group.whole = writing.beginShared();
      open = group;
    }
    return group;
  }

  /** Runs the only update of the transaction: if it fails, the transaction fails. */
  private <R extends @Nullable Object, X extends Exception> R runFirst(
      UpdateGroup group, WriteFunction<R, X> body, CommitHooks hooks) throws X {
    boolean done = false;
    try {
      SharedUpdate update = new SharedUpdate(group.whole, hooks);
      R result = call(update, body);
      update.keep();
      update.end();
      done = true;
      return result;
    } finally {
      if (!done) {
        giveUp(group);
      }
    }
  }

  /** Runs an update that is undone alone if it fails. */
  private <R extends @Nullable Object, X extends Exception> R runNext(
      UpdateGroup group, WriteFunction<R, X> body, CommitHooks hooks) throws X {
    group.checkAlive();
    group.reserve(); // after the update has run nothing may fail
    SharedUpdate update = new SharedUpdate(group.whole, hooks);
    Savepoint before = update.tx().savepoint();
    boolean done = false;
    try {
      R result = call(update, body);
      update.end();
      group.keep(before);
      done = true;
      return result;
    } finally {
      if (!done) {
        group.undo(update, before);
        update.end();
      }
    }
  }

  private <R extends @Nullable Object, X extends Exception> R call(
      SharedUpdate update, WriteFunction<R, X> body) throws X {
    writer.turn().closureBegins(body);
    try {
      R result = body.apply(update.tx());
      update.check();
      return result;
    } finally {
      writer.turn().closureEnds();
    }
  }

  private void arrived(UpdateGroup group) {
    if (!expected.isEmpty() && expected.remove(Thread.currentThread())) {
      outstanding = expected.size();
      if (outstanding == 0) {
        group.wakeLeader();
      }
    }
  }

  // ---- the leader

  private void commit(UpdateGroup group) {
    Throwable failure = null;
    try {
      writer.awaitCommit();
      boolean sync = seal(group) == Durability.SYNC; // without a lock that updates may want
      group.whole.changes().shared(group.updates());
      writing.capture(group.whole.changes());
      writer.commit(group.whole.changes(), sync, group.whole::ended);
    } catch (Throwable e) {
      failure = e;
      group.whole.giveUp(); // unless the commit has ended it
      throw e;
    } finally {
      try {
        if (!group.isSealed()) { // or this would wait for the first update of the next group
          close(group);
        }
      } finally {
        group.complete(failure);
      }
    }
  }

  private void commitQuietly(UpdateGroup group) {
    try {
      commit(group);
    } catch (RuntimeException | Error e) {
      // The futures have it.
    }
  }

  /** The previous group is on disk: no more updates join this one. */
  private Durability seal(UpdateGroup group) {
    if (outstanding > 0) {
      awaitOthers(group);
    }
    close(group);
    group.checkAlive();
    return group.durability();
  }

  /**
   * Closes the group for updates. It is open, or was until its first update failed. So the holder
   * of the lock does not wait for the turn, but runs an update that this commit waits for.
   */
  private void close(UpdateGroup group) {
    joining.lockToFinish();
    try {
      if (open == group) {
        open = null;
        expected.clear();
        if (group.members().size() <= FEW) {
          expected.addAll(group.members());
        }
        outstanding = expected.size();
      }
      group.seal();
    } finally {
      joining.unlock();
    }
  }

  private void awaitOthers(UpdateGroup group) {
    if (patience == 0) {
      if (++impatient < TRY_AGAIN) {
        return;
      }
      patience = MOST_PATIENCE_NANOS;
      impatient = 0;
    }
    int before = outstanding;
    group.leaderWaits(patience, () -> outstanding == 0);
    patience = outstanding < before ? MOST_PATIENCE_NANOS : patience / 2;
    if (patience < 10_000) {
      patience = 0;
    }
  }
}
