package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import dev.pando.pager.DatabaseFile;
import dev.pando.pager.FileStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * As {@link GoldenFileTest}, with what those files lack: a counted table, and a multimap whose keys
 * share their beginnings. The content follows from this class alone. Do not change what it
 * describes, and do not write the files again: earlier builds wrote them, as users' files.
 */
class GoldenCountedFileTest extends DatabaseTestBase {
  private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddee00");
  private static final int ENTRIES = 600;
  private static final int KEYS = 40;
  private static final int VALUES = 12;

  private static final Table<Integer, String> COUNTED =
      Table.of("counted", Codec.u32(), Codec.utf8()).counted();
  private static final MultiTable<String, Integer> MULTIMAP =
      MultiTable.of("multimap", Codec.utf8(), Codec.i32());

  private static String name(int pageSize) {
    return "counted-1-" + pageSize + ".pando.gz";
  }

  private static Entry<Integer, String> entry(int n) {
    return new Entry<>(2 * n, n == 77 ? "x".repeat(12_000) : "value " + n);
  }

  /** The length of a key is stored in one byte or in three. */
  private static String key(int n, int pageSize) {
    return "a key %02d ".formatted(n) + "long".repeat(n == 7 && pageSize > 512 ? 100 : 10);
  }

  /** Those of an odd key begin before 0. */
  private static int value(int n, int i) {
    return 3 * i - n % 2 * 7;
  }

  private static void write(Path file, int pageSize) {
    DatabaseFile.create(new FileStorage(), file, pageSize, ID);
    try (Database db = Database.open(file)) {
      db.update(
          tx -> {
            for (int i = ENTRIES - 1; i >= 0; i--) {
              tx.put(COUNTED, entry(i).key(), entry(i).value());
              tx.put(COUNTED, entry(i).key() + 1, "deleted");
            }
            for (int i = 0; i < VALUES; i++) {
              for (int n = 0; n < KEYS; n++) {
                tx.put(MULTIMAP, key(n, pageSize), value(n, i));
                if (n % 4 == 0) {
                  tx.put(MULTIMAP, key(n, pageSize), value(n, i) - 1);
                }
              }
            }
          });
      db.update(
          tx -> {
            for (int i = 0; i < ENTRIES; i++) {
              tx.delete(COUNTED, entry(i).key() + 1);
            }
            for (int n = 0; n < KEYS; n += 4) {
              for (int i = 0; i < VALUES; i++) {
                tx.delete(MULTIMAP, key(n, pageSize), value(n, i) - 1);
              }
            }
          });
      compare(db, pageSize);
      CheckReport _ = db.check().throwIfBad();
    }
  }

  private static void compare(Database db, int pageSize) {
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.tables()).containsExactly(COUNTED.name(), MULTIMAP.name());
      compareCounted(tx);
      compareMultimap(tx, pageSize);
    }
    assertThat(db.check().problems()).isEmpty();
  }

  private static void compareCounted(ReadTxn tx) {
    assertThat(tx.count(COUNTED)).isEqualTo(ENTRIES);
    for (int i = 0; i < ENTRIES; i++) {
      assertThat(tx.get(COUNTED, entry(i).key())).isEqualTo(entry(i).value());
      assertThat(tx.at(COUNTED, i)).isEqualTo(entry(i));
      assertThat(tx.rank(COUNTED, entry(i).key())).isEqualTo(i);
      assertThat(tx.count(COUNTED, Range.atLeast(entry(i).key()))).isEqualTo(ENTRIES - i);
    }
  }

  private static void compareMultimap(ReadTxn tx, int pageSize) {
    List<Tuple2<String, Integer>> pairs = new ArrayList<>();
    for (int n = 0; n < KEYS; n++) {
      List<Integer> values = new ArrayList<>();
      for (int i = 0; i < VALUES; i++) {
        values.add(value(n, i));
        pairs.add(new Tuple2<>(key(n, pageSize), value(n, i)));
      }
      assertThat(tx.values(MULTIMAP, key(n, pageSize))).containsExactlyElementsOf(values);
      assertThat(tx.count(MULTIMAP, key(n, pageSize))).isEqualTo(VALUES);
    }
    List<Tuple2<String, Integer>> found = new ArrayList<>();
    tx.scan(MULTIMAP.pairs()).forEachKeyValue((pair, _) -> found.add(pair));
    assertThat(found).isEqualTo(pairs);
  }

  private Database openGolden(int pageSize, Options options) throws IOException {
    GoldenFile.unpack(name(pageSize), file());
    return open(options);
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void isReadAndNotChanged(int pageSize) throws IOException {
    Database db = openGolden(pageSize, Options.defaults().withReadOnly(true));
    byte[] before = Files.readAllBytes(file());
    compare(db, pageSize);
    closeChecked(db);
    assertThat(Files.readAllBytes(file())).isEqualTo(before);
  }

  /** The file is worth its name: branches have counts, and cells share. */
  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void hasBranchesAndSharedKeys(int pageSize) throws IOException {
    Database db = openGolden(pageSize, Options.defaults().withReadOnly(true));
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.stat(COUNTED).depth()).isGreaterThan(1);
      assertThat(tx.stat(COUNTED).overflowPages()).isPositive();
      assertThat(tx.stat(MULTIMAP.pairs()).depth()).isGreaterThan(1);
      long bytes = tx.stat(MULTIMAP.pairs()).leafPages() * pageSize;
      long whole = (long) KEYS * VALUES * key(0, pageSize).length();
      assertThat(bytes).isLessThan(whole);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void isWritten(int pageSize) throws IOException {
    Database db = openGolden(pageSize, Options.defaults());
    for (int round = 0; round < 5; round++) {
      int first = round;
      db.update(
          tx -> {
            for (int i = first; i < ENTRIES; i += 5) {
              tx.put(COUNTED, entry(i).key() + 1, "more");
              tx.put(MULTIMAP, key(i % KEYS, pageSize), 1000 + i);
            }
          });
      assertThat(db.check().problems()).isEmpty();
    }
    assertThat(db.count(COUNTED)).isEqualTo(2 * ENTRIES);
    db.update(
        tx -> {
          for (int i = 0; i < ENTRIES; i++) {
            assertThat(tx.delete(COUNTED, entry(i).key() + 1)).isTrue();
            assertThat(tx.delete(MULTIMAP, key(i % KEYS, pageSize), 1000 + i)).isTrue();
          }
        });
    compare(db, pageSize);
  }

  /** Not a test: writes the files, which a released version never does again. */
  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  @EnabledIfSystemProperty(named = "pando.golden.write", matches = ".+")
  void write(int pageSize) throws IOException {
    write(file(), pageSize);
    Path target = Path.of(System.getProperty("pando.golden.write"));
    GoldenFile.pack(file(), target.resolve(name(pageSize)));
    compare(open(), pageSize);
  }
}
