package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pando.error.IndexNotRegisteredException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whole tables with indexes: dropped, renamed, copied, kept in snapshots. */
final class IndexedTableTest extends IndexTestBase {
  @Test
  void dropsAndRenames() {
    Database db = filled();
    Table<Long, Person> others = Table.of("others", PEOPLE.keyCodec(), PEOPLE.valueCodec());
    Index<String, Long, Person> byName = others.index("by name", Person::name);
    db.update(tx -> assertThat(tx.rename(PEOPLE, others)).isTrue());
    db.view(
        tx -> {
          assertThat(keys(tx, byName, "Ada")).containsExactly(1L, 3L);
          assertThat(names(tx, BY_NAME)).isEmpty();
          return null;
        });
    assertThatExceptionOfType(IndexNotRegisteredException.class)
        .isThrownBy(() -> db.put(others, 1L, person("Zoe")));
    db.update(
        tx -> {
          for (String name : List.of("by mail", "by age and name", "adults", "by letter")) {
            assertThat(tx.drop(others.index(name, Person::name))).isTrue();
          }
        });
    db.register(byName);
    db.put(others, 1L, person("Zoe"));
    db.view(tx -> assertThat(names(tx, byName)).contains("Zoe1", "Ada3"));
    db.update(tx -> assertThat(tx.drop(others)).isTrue());
    assertThat(db.stat().tables()).isZero();
    db.view(
        tx -> {
          assertThat(names(tx, byName)).isEmpty();
          return null;
        });
    db.update(tx -> tx.put(PEOPLE, 1L, person("Yan")));
    assertNames(db, "Yan1");
  }

  @Test
  void copiesHaveTheIndexes() {
    Database db = filled();
    db.update(tx -> tx.deleteRange(PEOPLE, Range.only(2L)));
    String[] left = {"Ada1", "Ada3", "Cleo4", "bob5"};
    Path compact = directory().resolve("compact.pando");
    Path pages = directory().resolve("pages.pando");
    db.backup(compact, BackupForm.COMPACT, (_, _) -> {});
    db.backup(pages);
    Database target = open(directory().resolve("target.pando"), Options.defaults());
    target.update(tx -> tx.put(NAMES, 1L, "other"));
    db.view(
        tx -> {
          target.update(into -> tx.copyTo(into));
          return null;
        });
    Database again = open(directory().resolve("again.pando"), Options.defaults());
    again.register(BY_NAME, BY_MAIL, BY_AGE, ADULTS, BY_LETTER);
    again.update(tx -> tx.create(PEOPLE));
    db.view(
        tx -> {
          again.update(into -> assertThat(tx.copyTo(into, PEOPLE)).isTrue());
          return null;
        });
    db.compact();
    for (Database copy :
        List.of(
            db,
            open(compact, Options.defaults()),
            open(pages, Options.defaults()),
            target,
            again)) {
      copy.register(BY_NAME, BY_MAIL, BY_AGE, ADULTS, BY_LETTER);
      assertNames(copy, left);
      assertThat(copy.check().throwIfBad().notes()).isEmpty();
      copy.put(PEOPLE, 4L, person("Dan"));
      assertNames(copy, "Ada1", "Ada3", "Dan4", "bob5");
    }
    Database small = open(directory().resolve("small.pando"), Options.defaults());
    small.update(tx -> tx.create(PEOPLE));
    db.view(
        tx -> {
          assertThatIllegalArgumentException()
              .isThrownBy(() -> small.update(into -> tx.copyTo(into)))
              .withMessageContaining("its indexes are others");
          return null;
        });
  }

  @Test
  void snapshotsHaveTheirIndexes() {
    Database db = filled();
    db.snapshots().create("before");
    db.update(tx -> tx.clear(PEOPLE));
    db.update(tx -> tx.put(PEOPLE, 9L, person("Zoe")));
    try (ReadTxn tx = db.snapshots().open("before")) {
      assertThat(keys(tx, BY_NAME, "Ada")).containsExactly(1L, 3L);
    }
    assertNames(db, "Zoe9");
    db.snapshots().restore("before");
    assertNames(db, "Ada1", "Ada3", "Bob2", "Cleo4", "bob5");
    db.put(PEOPLE, 2L, person("Rob"));
    assertNames(db, "Ada1", "Ada3", "Cleo4", "Rob2", "bob5");
  }

  @Test
  void namesOfIndexTreesAreOfNoTable() {
    Database db = filled();
    db.update(
        tx -> {
          assertThat(tx.drop("\0" + 1)).isFalse();
          assertThat(tx.rename("\0" + 1, "mine")).isFalse();
          tx.clear("\0" + 1);
          assertThat(tx.stat("\0" + 1)).isNull();
          assertThat(tx.count("\0" + 1)).isZero();
          assertThatIllegalArgumentException().isThrownBy(() -> tx.raw("\0" + 1));
        });
    assertNames(db, "Ada1", "Ada3", "Bob2", "Cleo4", "bob5");
  }
}
