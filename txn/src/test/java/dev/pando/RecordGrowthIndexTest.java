package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pando.codec.Codec;
import dev.pando.codec.Default;
import dev.pando.codec.Fields;
import dev.pando.error.IndexNotRegisteredException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table with indexes whose record gets more components. */
final class RecordGrowthIndexTest extends DatabaseTestBase {
  record Old(String name) {}

  record New(String name, @Default("9") int size, @Nullable String note) {}

  private static final Table<Long, Old> OLD = Table.of("t", Codec.u64(), Codec.record(Old.class));
  private static final Table<Long, New> NEW =
      Table.of(
          "t",
          Codec.u64(),
          Codec.record(New.class, Codec.utf8(), Codec.i32(), Codec.nullable(Codec.utf8())));
  private static final Index<String, Long, Old> OLD_NAMES = OLD.index("by name", Old::name);
  private static final Index<String, Long, New> NAMES = NEW.index("by name", New::name);
  private static final Index<Integer, Long, New> SIZES = NEW.index("by size", New::size);
  private static final Index<String, Long, New> NOTES = NEW.uniqueIndex("by note", New::note);
  private static final String OLD_ID = "record(name:utf8)";
  private static final String STORED = "record(name:utf8;size:i32,note:nullable(utf8))";

  private static final String TABLE = "t";

  private Database db;

  /** Two rows by the old program, with one index; then a database of the new one. */
  @BeforeEach
  void fill(@TempDir Path folder) {
    Path file = folder.resolve("grown.pando");
    try (Database old = Database.open(file)) {
      old.register(OLD_NAMES);
      old.update(
          tx -> {
            tx.put(OLD, 1L, new Old("b\0"));
            tx.put(OLD, 2L, new Old(""));
          });
    }
    db = open(file, Options.defaults());
  }

  private String storedId() {
    return db.view(tx -> Objects.requireNonNull(tx.stat(TABLE)).valueCodec());
  }

  private <I> List<String> entries(Index<I, Long, New> index) {
    return db.view(
        tx ->
            tx.scan(index, Range.all()).stream().map(e -> e.indexKey() + "=" + e.value()).toList());
  }

  @Test
  void oldAndNewRowsHaveEntries() {
    db.register(NAMES, SIZES, NOTES);
    db.update(
        tx -> {
          tx.create(SIZES);
          tx.create(NOTES);
        });
    assertThat(storedId()).isEqualTo(OLD_ID); // no row is written
    assertThat(entries(SIZES)).containsExactly("9=" + row("b\0", 9), "9=" + row("", 9));
    assertThat(entries(NOTES)).isEmpty();
    db.put(NEW, 3L, new New("a", 4, "n"));
    assertThat(storedId()).isEqualTo(STORED);
    db.put(NEW, 2L, new New("z", 5, "m"));
    db.delete(NEW, 1L);
    assertThat(entries(NAMES))
        .containsExactly("a=" + new New("a", 4, "n"), "z=" + new New("z", 5, "m"));
    assertThat(entries(SIZES))
        .containsExactly("4=" + new New("a", 4, "n"), "5=" + new New("z", 5, "m"));
    assertThat(entries(NOTES))
        .containsExactly("m=" + new New("z", 5, "m"), "n=" + new New("a", 4, "n"));
  }

  private static New row(String name, int size) {
    return new New(name, size, null);
  }

  @Test
  void aDeleteBeforeTheFirstWriteKeepsTheIndex() {
    db.register(NAMES);
    assertThat(db.delete(NEW, 1L)).isTrue();
    assertThat(storedId()).isEqualTo(OLD_ID);
    assertThat(entries(NAMES)).containsExactly("=" + row("", 9));
  }

  @Test
  void everyWayToWriteStoresTheNewShape() {
    db.register(NAMES);
    db.update(
        tx -> {
          Savepoint before = tx.savepoint();
          tx.append(NEW, 5L, row("e", 1));
          tx.rollbackTo(before);
          tx.release(before);
        });
    assertThat(storedId()).isEqualTo(OLD_ID);
    db.update(tx -> tx.append(NEW, 5L, row("e", 1)));
    assertThat(storedId()).isEqualTo(STORED);
    assertThat(entries(NAMES))
        .containsExactly("=" + row("", 9), "b\0=" + row("b\0", 9), "e=" + row("e", 1));
  }

  @Test
  void aSortedLoadStoresTheNewShape() {
    db.register(NAMES);
    db.update(tx -> tx.loadSorted(NEW, List.of(Map.entry(8L, row("h", 2))).iterator()));
    assertThat(storedId()).isEqualTo(STORED);
    assertThat(entries(NAMES))
        .containsExactly("=" + row("", 9), "b\0=" + row("b\0", 9), "h=" + row("h", 2));
  }

  @Test
  void rowsOfTheOldClassAreIndexedByTheNewOne() {
    db.register(NAMES, SIZES);
    db.update(
        tx -> {
          tx.create(SIZES);
          tx.put(OLD, 4L, new Old("c"));
        });
    assertThat(storedId()).isEqualTo(OLD_ID);
    assertThat(entries(SIZES))
        .containsExactly("9=" + row("b\0", 9), "9=" + row("", 9), "9=" + row("c", 9));
  }

  @Test
  void rowsWithoutAClassAreIndexed() {
    db.register(NAMES);
    db.update(
        tx -> {
          Table<Object, Object> any = Objects.requireNonNull(tx.table(TABLE));
          Fields fields = (Fields) Objects.requireNonNull(tx.get(any, 1L));
          tx.put(any, 7L, fields.with("name", "x"));
        });
    assertThat(entries(NAMES))
        .containsExactly("=" + row("", 9), "b\0=" + row("b\0", 9), "x=" + row("x", 9));
  }

  @Test
  void indexesOfBothShapesAreRefusedTogether() {
    db.register(OLD_NAMES, SIZES);
    db.update(tx -> tx.create(SIZES));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> db.put(OLD, 1L, new Old("x")))
        .withMessageContaining("register all with one description of the table");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> db.put(NEW, 1L, row("x", 1)))
        .withMessageContaining("register all with one description of the table");
    assertThat(storedId()).isEqualTo(OLD_ID);
  }

  @Test
  void aProgramWithoutTheIndexIsRefused() {
    assertThatExceptionOfType(IndexNotRegisteredException.class)
        .isThrownBy(() -> db.put(NEW, 1L, row("x", 1)));
    assertThat(storedId()).isEqualTo(OLD_ID);
  }
}
