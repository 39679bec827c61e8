package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarmUpTest extends DatabaseTestBase {
  @Test
  void tellsItsProgressToTheLastByte() {
    Database db = open();
    db.update(tx -> tx.put(BLOBS, 1L, new byte[3_000_000]));
    List<Long> done = new ArrayList<>();
    long bytes = db.stat().pageCount() * db.stat().pageSize();
    db.warmUp(
        (doneBytes, totalBytes) -> {
          assertThat(totalBytes).isEqualTo(bytes);
          done.add(doneBytes);
        });
    assertThat(done).hasSizeGreaterThan(2).isSorted().endsWith(bytes).doesNotHaveDuplicates();
    db.warmUp();
  }

  @Test
  void canBeEndedByItsListener() {
    Database db = open();
    assertThatThrownBy(
            () ->
                db.warmUp(
                    (_, _) -> {
                      throw new java.util.concurrent.CancellationException("enough");
                    }))
        .hasMessage("enough");
    assertThat(db.stat().readers()).isZero();
  }

  @Test
  void refusesAClosedDatabase() {
    Database db = open();
    closeChecked(db);
    assertThatThrownBy(db::warmUp).isInstanceOf(IllegalStateException.class);
  }
}
