package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The system gives no thread for the commits of updates that do not wait. */
class NoThreadTest extends DatabaseTestBase {
  /**
   * The first update of a group failed, and left the group open without anybody to commit it: all
   * later updates joined it, and waited for ever.
   */
  @Test
  void othersGoOn() throws Exception {
    Database db = open();
    Executor before = committer(db);
    setCommitter(
        db,
        task -> {
          throw new OutOfMemoryError("unable to create native thread");
        });
    CompletableFuture<Boolean> lost = db.updateAsync(tx -> tx.put(NAMES, 1L, "lost"));
    assertThatThrownBy(lost::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(OutOfMemoryError.class);
    setCommitter(db, before);
    CompletableFuture<Boolean> next = db.updateAsync(tx -> tx.put(NAMES, 2L, "there"));
    assertThat(next.get(2, TimeUnit.MINUTES)).isTrue();
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.get(NAMES, 1L)).isNull();
      assertThat(tx.get(NAMES, 2L)).isEqualTo("there");
    }
  }

  private static Executor committer(Database db) throws ReflectiveOperationException {
    var field = GroupCommit.class.getDeclaredField("committer");
    field.setAccessible(true);
    return (Executor) field.get(updates(db));
  }

  private static void setCommitter(Database db, Executor committer)
      throws ReflectiveOperationException {
    var field = GroupCommit.class.getDeclaredField("committer");
    field.setAccessible(true);
    field.set(updates(db), committer);
  }

  private static Object updates(Database db) throws ReflectiveOperationException {
    var field = Database.class.getDeclaredField("updates");
    field.setAccessible(true);
    return field.get(db);
  }
}
