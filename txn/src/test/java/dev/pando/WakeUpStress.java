package dev.pando;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pando.error.DatabaseFailedException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * Those who wait for a commit that they share are released, however close its end comes to their
 * beginning to wait: a wake-up that is lost hangs the run. Run by {@link StressTest}.
 */
public final class WakeUpStress {
  private WakeUpStress() {}

  /** One that joins, as {@link GroupCommit} lets it: under its lock. */
  static class Group {
    private final UpdateGroup group = new UpdateGroup();
    private volatile boolean joined;

    /** 1 if the commit was done, 2 if it failed. */
    int joinAndAwait() {
      group.add(Durability.SYNC);
      joined = true;
      try {
        group.await();
        return 1;
      } catch (DatabaseFailedException e) {
        return 2;
      }
    }

    void complete(Throwable outcome) {
      while (!joined) {
        Thread.yield(); // there may be one processor
      }
      group.complete(outcome);
    }
  }

  /** A commit that is done. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "It was told.")
  @Outcome(expect = FORBIDDEN, desc = "It was told something else.")
  @State
  public static class Done {
    private final Group state = new Group();

    /** Who waits. */
    @Actor
    public void waiter(I_Result r) {
      r.r1 = state.joinAndAwait();
    }

    /** The leader. */
    @Actor
    public void leader() {
      state.complete(null);
    }
  }

  /** A commit that fails, while the waiter is interrupted. */
  @JCStressTest
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "It got the failure, and the interrupt stays set.")
  @Outcome(expect = FORBIDDEN, desc = "It did not.")
  @State
  public static class Failed {
    private final Group state = new Group();

    /** Who waits. */
    @Actor
    public void waiter(I_Result r) {
      Thread.currentThread().interrupt();
      int told = state.joinAndAwait();
      r.r1 = Thread.interrupted() ? told : -1;
    }

    /** The leader. */
    @Actor
    public void leader() {
      state.complete(new DatabaseFailedException("the sync failed", null));
    }
  }

  /** The last one that the leader waits for arrives. */
  @JCStressTest
  @Outcome(id = "true", expect = ACCEPTABLE, desc = "The leader was woken, not timed out.")
  @Outcome(expect = FORBIDDEN, desc = "The leader slept its time.")
  @State
  public static class LeaderWoken {
    private static final long LONG = 60_000_000_000L;

    private final UpdateGroup group = new UpdateGroup();
    private volatile int outstanding = 1;

    /** The leader. */
    @Actor
    public void leader(Z_Result r) {
      long begun = System.nanoTime();
      group.leaderWaits(LONG, () -> outstanding == 0);
      r.r1 = System.nanoTime() - begun < LONG;
    }

    /** Who comes back. */
    @Actor
    public void arrives() {
      outstanding = 0;
      group.wakeLeader();
    }
  }
}
