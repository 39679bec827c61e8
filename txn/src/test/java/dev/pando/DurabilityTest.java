package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which updates sync: each alone, and several that share a commit. Syncs are counted. */
class DurabilityTest extends DatabaseTestBase {
  private final HookedStorage storage = new HookedStorage();

  private Database openWith(Durability durability) {
    Database db =
        open(
            Options.defaults()
                .withStorage(storage.files())
                .withDurability(durability)
                .withSyncInterval(Duration.ofHours(1)));
    db.update(tx -> tx.put(NAMES, 0L, "claims the file"));
    db.sync();
    return db;
  }

  /** A kind of update. */
  private enum Kind {
    UPDATE {
      @Override
      void run(Database db, Durability durability, WriteFunction<Long, RuntimeException> body) {
        db.update(
            durability,
            tx -> {
              long _ = body.apply(tx);
            });
      }
    },
    UPDATE_AND_GET {
      @Override
      void run(Database db, Durability durability, WriteFunction<Long, RuntimeException> body) {
        assertThat(db.<Long, RuntimeException>updateAndGet(durability, body)).isPositive();
      }
    },
    UPDATE_ASYNC {
      @Override
      void run(Database db, Durability durability, WriteFunction<Long, RuntimeException> body) {
        assertThat(db.updateAsync(durability, body).orTimeout(2, TimeUnit.MINUTES).join())
            .isPositive();
      }
    };

    abstract void run(
        Database db, Durability durability, WriteFunction<Long, RuntimeException> body);
  }

  private record Member(Kind kind, Durability durability) {}

  @Test
  void eachKindTakesADurability() {
    for (Durability usual : Durability.values()) {
      Database db = openWith(usual);
      for (Kind kind : Kind.values()) {
        for (Durability wanted : Durability.values()) {
          long before = storage.syncs.get();
          kind.run(db, wanted, tx -> tx.put(NAMES, 1L, "x") ? tx.txnId() : tx.txnId());
          assertThat(storage.syncs.get() - before)
              .as("syncs of %s with %s, usually %s", kind, wanted, usual)
              .isEqualTo(wanted == Durability.SYNC ? 1 : 0);
        }
      }
      closeChecked(db);
    }
  }

  @Test
  void withoutOneItIsThatOfTheOptions() {
    for (Durability usual : Durability.values()) {
      Database db = openWith(usual);
      long before = storage.syncs.get();
      db.update(tx -> tx.put(NAMES, 1L, "x"));
      boolean _ = db.<Boolean, RuntimeException>updateAndGet(tx -> tx.put(NAMES, 2L, "x"));
      boolean _ =
          db.updateAsync(tx -> tx.put(NAMES, 3L, "x")).orTimeout(2, TimeUnit.MINUTES).join();
      try (WriteTxn tx = db.beginWrite()) {
        tx.put(NAMES, 4L, "x");
        tx.commit();
      }
      assertThat(storage.syncs.get() - before)
          .as("syncs, usually %s", usual)
          .isEqualTo(usual == Durability.SYNC ? 4 : 0);
      assertThat(db.stat().unsyncedCommits()).isEqualTo(usual == Durability.SYNC ? 0 : 4);
      closeChecked(db);
    }
  }

  static Stream<List<Member>> groups() {
    List<List<Member>> groups = new ArrayList<>();
    for (Kind first : Kind.values()) {
      for (Kind second : Kind.values()) {
        for (Durability one : Durability.values()) {
          for (Durability other : Durability.values()) {
            groups.add(List.of(new Member(first, one), new Member(second, other)));
          }
        }
      }
    }
    return groups.stream();
  }

  /** The first one leads the commit, the second one joins; both wait for a sync if one wants it. */
  @ParameterizedTest
  @MethodSource("groups")
  void aSharedCommitIsAsDurableAsItsStrictestMember(List<Member> members) throws Exception {
    Database db = openWith(Durability.SYNC);
    CountDownLatch syncing = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    storage.beforeSync =
        () -> {
          storage.beforeSync = () -> {};
          syncing.countDown();
          await(released);
        };
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    Thread ahead = start(failures, () -> db.update(tx -> tx.put(NAMES, 1L, "ahead")));
    await(syncing);
    long before = storage.syncs.get();
    Set<Long> commits = ConcurrentHashMap.newKeySet();
    List<Thread> threads = new ArrayList<>(List.of(ahead));
    for (Member member : members) {
      CountDownLatch ran = new CountDownLatch(1);
      threads.add(
          start(
              failures,
              () ->
                  member.kind.run(
                      db,
                      member.durability,
                      tx -> {
                        tx.put(NAMES, 2L, "shared");
                        commits.add(tx.txnId());
                        ran.countDown();
                        return tx.txnId();
                      })));
      await(ran);
    }
    released.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    assertThat(commits).as("they share one").hasSize(1);
    boolean synced = members.stream().anyMatch(m -> m.durability == Durability.SYNC);
    assertThat(storage.syncs.get() - before).isEqualTo(synced ? 1 : 0);
    assertThat(db.stat().unsyncedCommits()).isEqualTo(synced ? 0 : 1);
  }

  private static Thread start(Queue<Throwable> failures, Runnable task) {
    return Thread.startVirtualThread(
        () -> {
          try {
            task.run();
          } catch (Throwable e) {
            failures.add(e);
          }
        });
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(2, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** It was taken for ASYNC. */
  @Test
  @SuppressWarnings("NullAway") // on purpose
  void nullIsRefused() {
    Database db = openWith(Durability.SYNC);
    Durability none = null;
    for (Kind kind : Kind.values()) {
      assertThatThrownBy(() -> kind.run(db, none, tx -> 1L))
          .isInstanceOf(NullPointerException.class)
          .hasMessage("the durability is null");
    }
    try (WriteTxn tx = db.beginWrite()) {
      assertThatThrownBy(() -> tx.commit(none)).isInstanceOf(NullPointerException.class);
      tx.commit();
    }
  }
}
