package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pando.codec.Codec;
import dev.pando.codec.Sink;
import dev.pando.error.UniqueIndexException;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.IndexRecord;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Indexes of tables that have rows: built in one transaction or many, and compared by check. */
final class IndexBuildTest extends IndexTestBase {
  /** So long that a part of the build has some 16,000 rows. */
  private static final int LONG = 400;

  private Database withoutIndexes() {
    Database db = open();
    db.update(tx -> rows().forEach((key, row) -> tx.put(PEOPLE, key, row)));
    return db;
  }

  @Test
  void inOneTransaction() {
    Database db = withoutIndexes();
    db.view(
        tx -> {
          assertThatIllegalStateException()
              .isThrownBy(() -> tx.scan(BY_NAME, Range.all()))
              .withMessageContaining("index by name of table people is not there");
          return null;
        });
    db.update(
        tx -> {
          for (Index<?, ?, ?> index : ALL) {
            assertThat(tx.create(index)).isTrue();
          }
          assertThat(tx.create(BY_NAME)).isFalse();
          tx.put(PEOPLE, 6L, person("Fay"));
          assertThat(names(tx, BY_NAME)).contains("Fay6", "Ada3");
        });
    assertThat(db.check().throwIfBad().notes()).isEmpty();
    db.update(
        tx -> {
          assertThat(tx.drop(BY_NAME)).isTrue();
          assertThat(tx.drop(BY_NAME)).isFalse();
          tx.put(PEOPLE, 7L, person("Gus"));
          assertThat(tx.create(BY_NAME)).isTrue();
        });
    assertNames(db, "Ada1", "Ada3", "Bob2", "Cleo4", "Fay6", "Gus7", "bob5");
  }

  @Test
  void aTableThatIsMissing() {
    Database db = open();
    db.update(tx -> assertThat(tx.create(BY_NAME)).isTrue());
    assertNames(db);
    db.put(PEOPLE, 1L, person("Ada"));
    assertNames(db, "Ada1");
  }

  @Test
  void inManyTransactionsWhileOthersWrite() {
    Database db = openLong(20_000);
    List<Long> steps = new ArrayList<>();
    db.build(
        BY_NAME,
        (done, total) -> {
          steps.add(done);
          assertThat(total).isGreaterThanOrEqualTo(done);
          if (steps.size() == 1) {
            assertIsBeingBuilt(db);
          }
          db.update(
              tx -> {
                tx.put(PEOPLE, 5L, person("low" + done));
                tx.put(PEOPLE, 19_995L, person("high" + done));
                tx.delete(PEOPLE, 7L + steps.size());
                tx.delete(PEOPLE, 19_990L - steps.size());
              });
        });
    assertThat(steps).hasSizeGreaterThan(1).isSorted();
    assertThat(db.check().throwIfBad().notes()).isEmpty();
    db.view(tx -> assertThat(tx.count(BY_NAME, Range.all())).isEqualTo(tx.count(PEOPLE)));
    db.build(BY_NAME, (_, _) -> {});
  }

  private static void assertIsBeingBuilt(Database db) {
    db.view(
        tx -> {
          assertThatIllegalStateException()
              .isThrownBy(() -> tx.count(BY_NAME, Range.all()))
              .withMessageContaining("is being built");
          return null;
        });
  }

  private Database openLong(long rows) {
    Database db = open();
    db.update(
        tx -> {
          for (long i = 0; i < rows; i++) {
            tx.put(PEOPLE, i, person("x".repeat(LONG) + i));
          }
        });
    return db;
  }

  @Test
  void goesOnAfterAFailure() {
    Database db = openLong(20_000);
    int[] calls = new int[1];
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                db.build(
                    BY_NAME,
                    (_, _) -> {
                      if (++calls[0] == 2) {
                        throw new IllegalStateException("stop");
                      }
                    }));
    assertThat(db.check().throwIfBad().notes().toString()).contains("is being built");
    db.close();
    Database again = openWith(BY_NAME);
    again.update(
        tx -> {
          tx.put(PEOPLE, 3L, person("low"));
          tx.put(PEOPLE, 19_997L, person("high"));
        });
    List<Long> done = new ArrayList<>();
    again.build(BY_NAME, (rows, _) -> done.add(rows));
    again.view(
        tx -> {
          assertThat(keys(tx, BY_NAME, "low")).containsExactly(3L);
          assertThat(keys(tx, BY_NAME, "high")).containsExactly(19_997L);
          return null;
        });
    assertThat(again.check().throwIfBad().notes()).isEmpty();
  }

  @Test
  void aKeyWithTwoRowsEndsTheBuild() {
    Database db = withoutIndexes();
    Index<String, Long, Person> unique = PEOPLE.uniqueIndex("unique name", Person::name);
    db.update(
        tx -> {
          assertThatExceptionOfType(UniqueIndexException.class)
              .isThrownBy(() -> tx.create(unique))
              .withMessageContaining("the key Ada belongs to the row 1, and the row 3");
          tx.put(PEOPLE, 6L, person("Fay"));
        });
    assertThatExceptionOfType(UniqueIndexException.class)
        .isThrownBy(() -> db.build(unique, (_, _) -> {}))
        .satisfies(e -> assertThat(e.existingKey()).isEqualTo(1L));
    assertThat(db.check().throwIfBad().notes()).isEmpty();
    db.delete(PEOPLE, 3L);
    db.build(unique, (_, _) -> {});
    db.view(tx -> assertThat(tx.get(unique, "Ada")).isNotNull());
  }

  @Test
  void checkNamesEntriesThatDoNotFit() {
    Database db = filled();
    byte[] bob = key("Bob", 2);
    db.update(
        tx -> {
          tx.catalog().willChange(tree(tx), Objects.requireNonNull(tx.catalog().find(tree(tx))));
          Caller mine = tx.caller();
          tx.record.incomplete();
          assertThat(
                  tx.deletePlain(
                      Objects.requireNonNull(tx.catalog().find(tree(tx))),
                      mine.memory().setKey(MemorySegment.ofArray(bob))))
              .isTrue();
        });
    assertThat(db.check().problems())
        .containsExactly(
            "index by name of table people: the row 2 has the key Bob, and the index does not");
    byte[] stray = key("Eve", 9);
    db.update(
        tx -> {
          tx.record.incomplete();
          MemorySegment none = MemorySegment.ofArray(new byte[0]);
          assertThat(
                  tx.putPlain(
                      Objects.requireNonNull(tx.catalog().find(tree(tx))),
                      tx.caller().memory().setKey(MemorySegment.ofArray(stray)),
                      none,
                      0,
                      0))
              .isTrue();
        });
    assertThat(db.check().problems())
        .contains(
            "index by name of table people: it has the key Eve for the row 9, which does not have"
                + " it");
    db.update(tx -> tx.drop(BY_NAME));
    db.update(tx -> tx.create(BY_NAME));
    assertThat(db.check().problems()).isEmpty();
  }

  @Test
  void checkComparesCountsWithoutTheFunction() {
    filled().close();
    Database db = open();
    db.update(
        tx -> {
          tx.record.incomplete();
          assertThat(
                  tx.deletePlain(
                      Objects.requireNonNull(tx.catalog().find(tree(tx))),
                      tx.caller().memory().setKey(MemorySegment.ofArray(key("Bob", 2)))))
              .isTrue();
        });
    CheckReport report = db.check();
    assertThat(report.problems())
        .containsExactly("index by name of table people has 4 entries, the table 5 rows");
    assertThat(report.notes().toString())
        .contains(
            "only the numbers of entries and rows", "adults of table people is not registered");
    db.update(tx -> tx.drop(BY_NAME));
  }

  private static byte[] key(String name, int row) {
    Sink sink = new Sink();
    Codec.utf8().encodeNested(name, sink);
    Codec.u64().encode((long) row, sink);
    byte[] bytes = new byte[sink.length()];
    MemorySegment.copy(sink.segment(), 0, MemorySegment.ofArray(bytes), 0, bytes.length);
    return bytes;
  }

  private static String tree(WriteTxn tx) {
    CatalogEntry entry = Objects.requireNonNull(tx.catalogEntry("people"));
    IndexRecord record = Objects.requireNonNull(entry.index("by name"));
    return record.tree();
  }
}
