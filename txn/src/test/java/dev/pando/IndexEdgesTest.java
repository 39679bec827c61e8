package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pando.btree.Slice;
import dev.pando.codec.Codec;
import dev.pando.error.CorruptFileException;
import dev.pando.error.IndexNotRegisteredException;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.IndexRecord;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is easily forgotten of indexes: each of these was wrong once. */
final class IndexEdgesTest extends IndexTestBase {
  record Grown(String name, int age, @Nullable String mail, @Nullable String town) {}

  private static final Table<Long, Grown> GROWN =
      Table.of(
          "people",
          Codec.u64(),
          Codec.record(
              Grown.class,
              Codec.utf8(),
              Codec.i32(),
              Codec.nullable(Codec.utf8()),
              Codec.nullable(Codec.utf8())));

  @Test
  void functionsSeeWhatIsReadAgain() {
    Codec<String> lower = Codec.utf8().map("lower", s -> s, s -> s.toLowerCase(Locale.ROOT));
    Table<Long, String> table = Table.of("t", Codec.u64(), lower);
    Index<String, Long, String> index = table.index("v", Codec.utf8(), "v", v -> v);
    Database db = openWith(index);
    db.update(
        tx -> {
          tx.put(table, 1L, "Ada");
          tx.put(table, 1L, "Bob");
          assertThat(tx.scanKeys(index, Range.all()).stream().map(Entry::key).toList())
              .containsExactly("bob");
        });
  }

  @Test
  void aMissingTreeIsFoundBeforeTheRowIsChanged() {
    Database db = filled();
    try (WriteTxn tx = db.beginWrite()) {
      String tree = tx.catalog().entryNow("people").index("by name").tree();
      assertThat(tx.catalog().drop(tree)).isTrue();
      assertThatExceptionOfType(CorruptFileException.class)
          .isThrownBy(() -> tx.put(PEOPLE, 9L, person("Zoe")));
      assertThat(tx.get(PEOPLE, 9L)).isNull();
      Database other = open(directory().resolve("other.pando"), Options.defaults());
      assertThatExceptionOfType(CorruptFileException.class)
          .isThrownBy(() -> other.update(into -> tx.copyTo(into)));
      closeChecked(other);
    }
  }

  @Test
  void anIndexThatIsMissingIsNotEmptyOnceThereAreRows() {
    Database db = open();
    db.update(tx -> tx.create(PEOPLE));
    db.register(BY_NAME);
    db.update(
        tx -> {
          assertThat(tx.count(BY_NAME, Range.all())).isZero();
          tx.put(PEOPLE, 1L, person("Ada"));
          assertThatIllegalStateException().isThrownBy(() -> tx.count(BY_NAME, Range.all()));
        });
  }

  @Test
  void aPutThatIndexesRefuseDoesNotChangeTheShape() {
    Database db = openWith(BY_NAME);
    db.update(tx -> tx.put(PEOPLE, 1L, person("Ada")));
    db.update(
        tx ->
            assertThatIllegalArgumentException()
                .isThrownBy(() -> tx.put(GROWN, 2L, new Grown("b", 1, null, null))));
    db.update(tx -> tx.put(PEOPLE, 2L, person("Bob")));
    assertNames(db, "Ada1", "Bob2");
  }

  @Test
  void aPartOfALoadThatFailsIsUndoneAtOnce() {
    Index<String, Long, Person> strict =
        PEOPLE.index(
            "strict",
            Codec.utf8(),
            "strict",
            person -> {
              if (person.age() == 0) {
                throw new IllegalStateException("no age");
              }
              return person.name();
            });
    Database db = openWith(strict);
    long[] seen = {-1};
    db.update(
        tx -> {
          Iterator<Map.Entry<Long, Person>> rows =
              Stream.of(0L, 1L, 2L)
                  .map(
                      key -> {
                        if (key == 2) {
                          assertThatIllegalStateException().isThrownBy(() -> tx.count(PEOPLE));
                          seen[0] = tx.count(PEOPLE);
                        }
                        return Map.entry(key, person(key == 1 ? "" : "abc"));
                      })
                  .iterator();
          assertThatIllegalStateException().isThrownBy(() -> tx.loadSorted(PEOPLE, rows));
          assertThat(tx.count(PEOPLE)).isZero();
        });
    assertThat(seen[0]).isZero();
  }

  @Test
  void aRangeDeleteThatFailsRemovesNothing() {
    boolean[] fails = new boolean[1];
    Index<String, Long, Person> strict =
        PEOPLE.index(
            "strict",
            Codec.utf8(),
            "strict",
            person -> {
              if (fails[0] && person.name().equals("Bob")) {
                throw new IllegalStateException("no Bob");
              }
              return person.name();
            });
    Database db = openWith(strict);
    db.update(
        tx -> {
          rows().forEach((key, row) -> tx.put(PEOPLE, key, row));
          for (Range<Long> range : List.of(Range.<Long>all(), Range.<Long>all().limit(3))) {
            fails[0] = true;
            assertThatIllegalStateException().isThrownBy(() -> tx.deleteRange(PEOPLE, range));
            fails[0] = false;
            assertThat(names(tx, strict)).containsExactly("Ada1", "Ada3", "Bob2", "Cleo4", "bob5");
          }
          assertThat(tx.deleteRange(PEOPLE, Range.<Long>all().limit(3))).isEqualTo(3);
        });
    db.view(
        tx -> {
          assertThat(names(tx, strict)).containsExactly("Cleo4", "bob5");
          return null;
        });
  }

  @Test
  void aScanSeesTheEntriesOfALoad() {
    Database db = openWith(BY_NAME);
    List<Integer> seen = new ArrayList<>();
    db.update(
        tx -> {
          tx.put(PEOPLE, 0L, person("a"));
          IndexScan<Entry<String, Long>> scan = tx.scanKeys(BY_NAME, Range.all());
          tx.loadSorted(
              PEOPLE,
              Stream.of(1L, 2L, 3L)
                  .map(
                      key -> {
                        seen.add((int) scan.stream().count());
                        return Map.entry(key, person("b"));
                      })
                  .iterator());
        });
    assertThat(seen).containsExactly(1, 2, 3);
  }

  /** The tree that the scan began with is gone. */
  @Test
  void aScanFindsTheIndexThatWasBuiltAgain() {
    Database db = filled();
    db.update(
        tx -> {
          IndexScan<Entry<String, Long>> scan = tx.scanKeys(BY_NAME, Range.all());
          IndexScan<IndexEntry<String, Long, Person>> unique = tx.scan(BY_MAIL);
          List<Entry<String, Long>> before = scan.toList();
          List<IndexEntry<String, Long, Person>> mails = unique.toList();
          assertThat(mails).hasSize(3);
          Iterator<Entry<String, Long>> open = scan.iterator();
          assertThat(open.next()).isEqualTo(before.getFirst());
          for (Index<?, ?, ?> index : List.of(BY_NAME, BY_MAIL)) {
            assertThat(tx.drop(index)).isTrue();
            assertThat(tx.create(index)).isTrue();
          }
          assertThat(scan.toList()).isEqualTo(before);
          assertThat(scan.stream().toList()).isEqualTo(before);
          assertThat(unique.toList()).isEqualTo(mails);
          assertThatIllegalStateException().isThrownBy(open::next);
          assertThat(tx.drop(BY_NAME)).isTrue();
          assertThatIllegalStateException()
              .isThrownBy(scan::iterator)
              .withMessageContaining("is not there, and the table has rows");
          unique.close();
          assertThatIllegalStateException().isThrownBy(unique::iterator);
        });
  }

  @Test
  void tooManyIndexesAreRefused() {
    Database db = open();
    for (int i = 0; i < IndexRecord.MOST; i++) {
      db.register(PEOPLE.index("i" + i, Person::name));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> db.register(PEOPLE.index("one more", Person::name)))
        .withMessageContaining("65");
    db.update(tx -> tx.put(PEOPLE, 1L, person("Ada")));
  }

  @Test
  void aTreeOfAnIndexThatListsIndexes() {
    Database db = filled();
    try (WriteTxn tx = db.beginWrite()) {
      CatalogEntry entry = tx.catalog().entryNow("people");
      byte[] bytes = entry.encode();
      Slice slice = new Slice();
      slice.set(MemorySegment.ofArray(bytes), 0, bytes.length);
      assertThat(CatalogEntry.decode("file", "people", slice, 1 << 20, 9)).isEqualTo(entry);
      String tree = entry.index("by name").tree();
      assertThatExceptionOfType(CorruptFileException.class)
          .isThrownBy(() -> CatalogEntry.decode("file", tree, slice, 1 << 20, 9));
    }
  }

  @Test
  void aConversionThatGoesOnLosesNoIndex() {
    record Citizen(String name) {}
    Table<Long, Citizen> citizens =
        Table.of("people", Codec.u64(), Codec.record(Citizen.class, Codec.utf8()));
    Index<String, Long, Citizen> byName =
        citizens.index("by name", Codec.utf8(), "name", Citizen::name);
    Database first = openWith(BY_NAME);
    first.update(tx -> rows().forEach((key, row) -> tx.put(PEOPLE, key, row)));
    closeChecked(first);
    Database second = openWith(byName);
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                second.convert(
                    PEOPLE,
                    citizens,
                    (key, row) -> new Entry<>(key, new Citizen(row.name())),
                    2,
                    (done, _) -> {
                      if (done > 0) {
                        throw new IllegalStateException("stop");
                      }
                    }));
    closeChecked(second);
    Database third = open();
    assertThatExceptionOfType(IndexNotRegisteredException.class)
        .isThrownBy(
            () ->
                third.convert(
                    PEOPLE,
                    citizens,
                    (key, row) -> new Entry<>(key, new Citizen(row.name())),
                    2,
                    (_, _) -> {}));
    assertNames(third, "Ada1", "Ada3", "Bob2", "Cleo4", "bob5");
  }
}
