package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import dev.pando.crash.Figures;
import dev.pando.error.DatabaseFullException;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Batches of multimap tables: the last change of a pair counts, and every other call sees them. */
final class MultiBatchTest extends DatabaseTestBase {
  private static final MultiTable<String, Integer> TAGGED =
      MultiTable.of("tagged", Codec.utf8(), Codec.i32());

  @Test
  void theLastChangeOfAPairCounts() {
    Database db = open();
    db.update(tx -> tx.put(TAGGED, "a", 3));
    db.update(
        tx -> {
          MultiBatch<String, Integer> batch = tx.batch(TAGGED);
          batch.put("b", 2);
          batch.put("a", 1);
          batch.delete("a", 3);
          batch.put("b", 1);
          batch.delete("b", 2);
          batch.delete("c", 1);
          batch.put("a", 2);
          batch.delete("a", 2);
          batch.put("a", 2);
          batch.put("a", 2);
        });
    db.view(
        tx -> {
          assertThat(tx.values(TAGGED, "a").toList()).containsExactly(1, 2);
          assertThat(tx.values(TAGGED, "b").toList()).containsExactly(1);
          assertThat(tx.count(TAGGED)).isEqualTo(3);
          return null;
        });
  }

  @Test
  void everyOtherCallSeesTheChanges() {
    Database db = open();
    db.update(
        tx -> {
          MultiBatch<String, Integer> batch = tx.batch(TAGGED);
          batch.put("a", 1);
          assertThat(tx.count(TAGGED)).isEqualTo(1);
          batch.put("a", 2);
          assertThat(tx.contains(TAGGED, "a", 2)).isTrue();
          batch.put("b", 1);
          assertThat(tx.values(TAGGED, "b").toList()).containsExactly(1);
          batch.put("a", 3);
          assertThat(tx.count(TAGGED, "a")).isEqualTo(3);
          batch.put("c", 1);
          try (MultiCursor<String, Integer> cursor = tx.cursor(TAGGED)) {
            batch.put("c", 2);
            assertThat(cursor.last()).isTrue();
            assertThat(cursor.value()).isEqualTo(2);
            batch.put("c", 0);
            assertThat(cursor.seekExact("c")).isTrue();
            assertThat(cursor.values(9)).containsExactly(0, 1, 2);
            batch.delete("c", 2);
            assertThat(cursor.seekExact("c", 2)).isFalse();
          }
          batch.put("d", 1);
          assertThat(tx.put(TAGGED, "d", 1)).as("it is new").isFalse();
          batch.put("d", 2);
          assertThat(tx.deleteAll(TAGGED, "d")).isEqualTo(2);
          batch.put("d", 3);
          assertThat(tx.asMultimap(TAGGED).get("d")).containsExactly(3);
          batch.delete("d", 3);
          assertThat(tx.asMultimap(TAGGED).keySet()).containsExactly("a", "b", "c");
          batch.put("e", 1);
          assertThat(tx.scan(TAGGED.pairs()).keys()).hasSize(7);
          batch.delete("e", 1);
          batch.flush();
          assertThat(tx.contains(TAGGED, "e", 1)).isFalse();
        });
    db.view(
        tx -> {
          assertThat(tx.count(TAGGED)).isEqualTo(6);
          return null;
        });
  }

  /** As LMDB's MDB_MULTIPLE is used: many values of few keys, in no order. */
  @Test
  void makesWhatItsModelHas() {
    long seed = new Figures("batches of multimaps", 1).seed(0);
    Random random = new Random(seed);
    TreeMap<String, TreeSet<Integer>> model = new TreeMap<>();
    Database db = open(Options.defaults().withPageSize(512).withSpillLimit(256 << 10));
    try {
      for (int round = 0; round < 3; round++) {
        db.update(tx -> change(tx, random, model));
        db.view(
            tx -> {
              compare(tx, model);
              return null;
            });
      }
    } catch (Throwable e) {
      throw Figures.failed(seed, e);
    }
  }

  private static void change(WriteTxn tx, Random random, TreeMap<String, TreeSet<Integer>> model) {
    MultiBatch<String, Integer> batch = tx.batch(TAGGED);
    for (int i = 0; i < 10_000; i++) {
      String key = "k".repeat(1 + random.nextInt(9));
      int value = random.nextInt(2000) - 1000;
      TreeSet<Integer> values = model.computeIfAbsent(key, _ -> new TreeSet<>());
      if (random.nextInt(4) == 0) {
        batch.delete(key, value);
        boolean _ = values.remove(value);
      } else {
        batch.put(key, value);
        boolean _ = values.add(value);
      }
      switch (random.nextInt(4000)) {
        case 0 -> batch.flush();
        case 1 -> assertThat(tx.count(TAGGED, key)).isEqualTo(values.size());
        default -> {}
      }
    }
    compare(tx, model);
  }

  private static void compare(ReadTxn tx, TreeMap<String, TreeSet<Integer>> model) {
    long all = 0;
    for (var each : model.entrySet()) {
      assertThat(tx.values(TAGGED, each.getKey()).toList()).isEqualTo(List.copyOf(each.getValue()));
      all += each.getValue().size();
    }
    assertThat(tx.count(TAGGED)).isEqualTo(all);
  }

  @Test
  void aRollbackToASavepointUndoesWhatWaits() {
    Database db = open();
    db.update(
        tx -> {
          MultiBatch<String, Integer> batch = tx.batch(TAGGED);
          batch.put("a", 1);
          Savepoint savepoint = tx.savepoint();
          batch.put("a", 2);
          batch.delete("a", 1);
          tx.rollbackTo(savepoint);
          assertThat(tx.values(TAGGED, "a").toList()).containsExactly(1);
          batch.put("a", 3);
          batch.flush();
          batch.put("a", 4);
          tx.rollbackTo(savepoint);
          batch.put("a", 5);
          tx.release(savepoint);
        });
    try (WriteTxn tx = db.beginWrite()) {
      tx.batch(TAGGED).put("a", 6);
    }
    db.view(
        tx -> {
          assertThat(tx.values(TAGGED, "a").toList()).containsExactly(1, 5);
          return null;
        });
  }

  @Test
  void aScanMayDeleteFromItsTable() {
    Database db = open();
    db.update(
        tx -> {
          for (int value = 0; value < 3000; value++) {
            tx.put(TAGGED, "a", value);
          }
        });
    db.update(
        tx -> {
          MultiBatch<String, Integer> batch = tx.batch(TAGGED);
          for (int value : tx.values(TAGGED, "a")) {
            if (value % 3 == 0) {
              batch.delete("a", value);
            }
          }
          assertThat(tx.count(TAGGED, "a")).isEqualTo(2000);
        });
  }

  @Test
  void refusesWhatAPutRefuses() {
    Database db = open();
    db.put(WORDS, "a", "b");
    MultiTable<String, String> words = MultiTable.of("words", Codec.utf8(), Codec.utf8());
    MultiTable<String, String> texts = MultiTable.of("texts", Codec.utf8(), Codec.utf8());
    db.update(
        tx -> {
          assertThatIllegalArgumentException()
              .isThrownBy(() -> tx.batch(words))
              .withMessageContaining("multimap");
          MultiBatch<String, String> batch = tx.batch(texts);
          batch.put("a", "stays");
          assertThatIllegalArgumentException()
              .isThrownBy(() -> batch.put("a", "x".repeat(3000)))
              .withMessageContaining("table texts: key length=3003");
          batch.delete("a", "x".repeat(3000)); // is not there
          assertThatNullPointerException().isThrownBy(() -> batch.put("a", null));
          assertThatNullPointerException().isThrownBy(() -> batch.delete(null, "a"));
        });
    db.view(
        tx -> {
          assertThat(tx.values(texts, "a").toList()).containsExactly("stays");
          return null;
        });
    try (WriteTxn tx = db.beginWrite()) {
      MultiBatch<String, String> batch = tx.batch(texts);
      tx.rollback();
      assertThatThrownBy(() -> batch.put("a", "b")).hasMessageContaining("was rolled back");
    }
  }

  @Test
  void aFullDatabaseFailsTheCallThatMakesTheChanges() {
    Database db = open(Options.defaults().withMaxSize(1 << 18));
    db.put(NAMES, 1L, "stays");
    try (WriteTxn tx = db.beginWrite()) {
      Savepoint before = tx.savepoint();
      MultiBatch<String, Integer> batch = tx.batch(TAGGED);
      String key = "k".repeat(200);
      for (int value = 0; value < 30_000; value++) {
        batch.put(key, value);
      }
      assertThatThrownBy(() -> tx.count(TAGGED)).isInstanceOf(DatabaseFullException.class);
      tx.rollbackTo(before);
      batch.put(key, 1);
      tx.commit();
    }
    db.view(
        tx -> {
          assertThat(tx.count(TAGGED)).isEqualTo(1);
          return null;
        });
    assertThat(db.count(NAMES)).isEqualTo(1);
  }
}
