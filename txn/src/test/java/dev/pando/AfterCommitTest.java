package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Actions that run when a commit is on disk. */
class AfterCommitTest extends DatabaseTestBase {
  private final List<String> ran = new CopyOnWriteArrayList<>();

  @Test
  void runInTheirOrderWhenTheCommitIsDone() {
    Database db = open();
    try (WriteTxn tx = db.beginWrite()) {
      tx.put(WORDS, "a", "1");
      tx.afterCommit(() -> ran.add("first, sees " + db.get(WORDS, "a")));
      tx.afterCommit(
          () -> {
            throw new IllegalStateException("is logged");
          });
      tx.afterCommit(() -> ran.add("second"));
      assertThat(ran).isEmpty();
      tx.commit();
    }
    assertThat(ran).containsExactly("first, sees 1", "second");
  }

  @Test
  void doNotRunAfterARollback() {
    Database db = open();
    try (WriteTxn tx = db.beginWrite()) {
      tx.afterCommit(() -> ran.add("rolled back"));
      tx.put(WORDS, "a", "1");
    }
    db.update(
        tx -> {
          tx.afterCommit(() -> ran.add("before"));
          Savepoint savepoint = tx.savepoint();
          tx.afterCommit(() -> ran.add("undone"));
          tx.rollbackTo(savepoint);
          tx.afterCommit(() -> ran.add("after"));
        });
    assertThat(ran).containsExactly("before", "after");
    assertThatThrownBy(
            () ->
                db.update(
                    tx -> {
                      tx.afterCommit(() -> ran.add("failed"));
                      throw new UnsupportedOperationException("no");
                    }))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(ran).containsExactly("before", "after");
  }

  /** An action may use the database. */
  @Test
  void mayWrite() {
    Database db = open();
    db.update(
        tx -> {
          tx.put(WORDS, "a", "1");
          tx.afterCommit(() -> db.put(WORDS, "b", "2"));
        });
    assertThat(db.get(WORDS, "b")).isEqualTo("2");
  }

  /** An action that waits for another update, and one that throws what it does not declare. */
  @Test
  void mayWaitForUpdates() throws Exception {
    Database db = open();
    var future =
        db.updateAsync(
            tx -> {
              tx.afterCommit(
                  () -> {
                    Object _ = db.updateAsync(later -> later.put(WORDS, "c", "3")).join();
                    db.put(WORDS, "d", "4");
                    ran.add("waited");
                  });
              tx.afterCommit(() -> sneak(new java.io.IOException("no")));
              return tx.put(WORDS, "a", "1");
            });
    assertThat(future.get(20, TimeUnit.SECONDS)).isTrue();
    assertThat(ran).containsExactly("waited");
    assertThat(db.count(WORDS)).isEqualTo(3);
    db.update(tx -> tx.afterCommit(() -> sneak(new java.io.IOException("no"))));
  }

  /** Updates of one group, the first of which waits for the others after the commit. */
  @Test
  void mayWaitForOthersOfTheGroup() throws Exception {
    Database db = open();
    CompletableFuture<Boolean> other = new CompletableFuture<>();
    CompletableFuture<Boolean> first;
    CompletableFuture<Boolean> second;
    try (WriteTxn _ = db.beginWrite()) { // so that both join one group
      first =
          CompletableFuture.supplyAsync(
                  () ->
                      db.updateAsync(
                          tx -> {
                            tx.afterCommit(() -> ran.add("saw " + other.join()));
                            return tx.put(WORDS, "a", "1");
                          }))
              .thenCompose(future -> future);
      second =
          CompletableFuture.supplyAsync(() -> db.updateAsync(tx -> tx.put(WORDS, "b", "2")))
              .thenCompose(future -> future);
    }
    second.whenComplete((done, _) -> other.complete(done));
    assertThat(second.get(20, TimeUnit.SECONDS)).isTrue();
    assertThat(first.get(20, TimeUnit.SECONDS)).isTrue();
    assertThat(ran).containsExactly("saw true");
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void sneak(Throwable e) throws X {
    throw (X) e;
  }

  @Test
  void waitForTheSyncOfAnAsyncCommit() throws Exception {
    Database db = open();
    CountDownLatch done = new CountDownLatch(2);
    db.update(
        Durability.ASYNC,
        tx -> {
          tx.put(WORDS, "a", "1");
          tx.afterCommit(done::countDown);
        });
    try (WriteTxn tx = db.beginWrite()) {
      tx.put(WORDS, "b", "1");
      tx.afterCommit(done::countDown);
      tx.commitAsync().get(20, TimeUnit.SECONDS);
    }
    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void ofUpdatesThatShareACommit() throws Exception {
    Database db = open();
    List<Future<?>> threads = new ArrayList<>();
    try (var each = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        int mine = i;
        threads.add(each.submit(() -> updates(db, mine)));
      }
    }
    for (Future<?> thread : threads) {
      Object _ = thread.get();
    }
    assertThat(ran).hasSize(400).doesNotHaveDuplicates();
    var future =
        db.updateAsync(
            tx -> {
              tx.afterCommit(() -> ran.add("async"));
              return tx.put(WORDS, "z", "1");
            });
    assertThat(future.get(20, TimeUnit.SECONDS)).isTrue();
    assertThat(ran).contains("async");
  }

  private void updates(Database db, int thread) {
    for (int i = 0; i < 50; i++) {
      String name = thread + "." + i;
      db.update(
          tx -> {
            tx.put(WORDS, name, "1");
            tx.afterCommit(() -> ran.add(name));
          });
      assertThat(ran).contains(name);
    }
  }
}
