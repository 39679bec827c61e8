package dev.pando.txn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that were written when their format version was made must open for ever. If this test fails
 * after a change of the format: give the format a new version, have the code read both, write a new
 * file with {@code -Dpando.golden.write=DIRECTORY}, and keep the old one.
 */
class GoldenFileTest extends DatabaseTestBase {
  private static final int ROWS = 400;

  record Everything(
      int number, long wide, double real, boolean flag, String text, byte[] bytes, UUID id,
      Instant at) {}

  record Place(String country, int population, long id) {}

  private static final Table<Long, Everything> ALL =
      Table.of("all kinds", Codec.u64(), Codec.record(Everything.class));
  private static final Table<Place, String> SIZES =
      Table.of(
          "sizes",
          Codec.record(Place.class, Codec.utf8(), Codec.descending(Codec.i32()), Codec.u64()),
          Codec.utf8());
  private static final Table<String, byte[]> VALUES =
      Table.of("values", Codec.utf8(), Codec.bytes());
  private static final Table<Tuple3<Integer, Instant, UUID>, Double> TUPLES =
      Table.of(
          "tuples \u00e9",
          Codec.tuple(Codec.u32(), Codec.instant(), Codec.uuid()),
          Codec.f64());
  private static final int[] LENGTHS = {0, 1, 200, 250, 251, 400, 479, 480, 481, 3000, 70_000};

  private static Everything everything(long i) {
    return new Everything(
        (int) (i * 77 - 5000),
        i * -1_000_000_007L,
        i / 3.0,
        i % 2 == 0,
        "row \u4e16\u754c " + i,
        new byte[] {(byte) i, 0, (byte) 0xFF},
        new UUID(i, ~i),
        Instant.ofEpochSecond(i * 1000 - 50, i));
  }

  private static Tuple3<Integer, Instant, UUID> tuple(int i) {
    return new Tuple3<>(i % 7, Instant.ofEpochMilli(i), new UUID(i * 31L, i));
  }

  private static byte[] value(int length, int round) {
    byte[] value = new byte[length];
    for (int i = 0; i < length; i++) {
      value[i] = (byte) (i * 31 + round);
    }
    return value;
  }

  private static String key(int i) {
    return "k".repeat(i * 15 % 150) + i;
  }

  /** Three rounds of commits that overwrite and delete, so that pages are free in every way. */
  private static void fill(Database db) {
    for (int round = 0; round < 3; round++) {
      int now = round;
      db.update(
          tx -> {
            for (int i = 0; i < ROWS; i++) {
              tx.put(ALL, (long) i, everything(i + now));
              tx.put(SIZES, new Place("C" + i % 5, i * 10, i), "place " + i + " " + now);
              tx.put(TUPLES, tuple(i), i + now / 10.0);
            }
          });
      db.update(
          tx -> {
            for (int i = 0; i < LENGTHS.length; i++) {
              tx.put(VALUES, key(i), value(LENGTHS[i], now));
            }
            tx.put(Table.of("old name " + now, Codec.utf8(), Codec.utf8()), "a", "b");
          });
    }
    db.update(
        tx -> {
          for (int i = 0; i < ROWS; i += 3) {
            tx.delete(ALL, (long) i);
          }
          tx.rename("old name 0", "new name");
          tx.drop("old name 1");
          tx.clear(Table.of("old name 2", Codec.utf8(), Codec.utf8()));
        });
  }

  private static void verify(Database db) {
    db.view(
        tx -> {
          assertThat(tx.tables())
              .containsExactly(
                  "all kinds", "new name", "old name 2", "sizes", "tuples \u00e9", "values");
          long present = 0;
          for (int i = 0; i < ROWS; i++) {
            Everything found = tx.get(ALL, (long) i);
            if (i % 3 == 0) {
              assertThat(found).isNull();
            } else {
              assertThat(found).usingRecursiveComparison().isEqualTo(everything(i + 2));
              present++;
            }
            assertThat(tx.get(SIZES, new Place("C" + i % 5, i * 10, i)))
                .isEqualTo("place " + i + " 2");
            assertThat(tx.get(TUPLES, tuple(i))).isEqualTo(i + 0.2);
          }
          assertThat(tx.count(ALL)).isEqualTo(present);
          assertThat(tx.count(SIZES)).isEqualTo(ROWS);
          assertThat(tx.count(TUPLES)).isEqualTo(ROWS);
          for (int i = 0; i < LENGTHS.length; i++) {
            assertThat(tx.get(VALUES, key(i))).isEqualTo(value(LENGTHS[i], 2));
          }
          assertThat(tx.scan(SIZES, Range.prefix("C3").limit(1)).toList().getFirst().value())
              .isEqualTo("place 398 2");
          assertThat(tx.get(Table.of("new name", Codec.utf8(), Codec.utf8()), "a")).isEqualTo("b");
          assertThat(tx.count(Table.of("old name 2", Codec.utf8(), Codec.utf8()))).isZero();
          return null;
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"format-1-512.pando.gz", "format-1-4096.pando.gz"})
  void opensForEver(String name) throws IOException {
    try (InputStream golden =
            Objects.requireNonNull(GoldenFileTest.class.getResourceAsStream("golden/" + name));
        InputStream content = new GZIPInputStream(golden)) {
      Files.copy(content, file());
    }
    try (Database db = Database.open(file(), Options.defaults().withReadOnly(true))) {
      assertThat(db.openReport().passedOver()).isEmpty();
      assertThat(db.stat().freePages()).isPositive();
      verify(db);
      db.check().throwIfBad();
    }
    Database db = open();
    verify(db);
    db.update(tx -> tx.drop("new name"));
    fill(db);
    verify(db);
  }

  /** Not a test of the code: it makes the files for {@link #opensForEver}. */
  @Test
  @EnabledIfSystemProperty(named = "pando.golden.write", matches = ".+")
  void writesTheFiles() throws IOException {
    for (int pageSize : new int[] {512, 4096}) {
      Path path = directory().resolve("golden" + pageSize);
      try (Database db = Database.open(path, Options.defaults().withPageSize(pageSize))) {
        fill(db);
        verify(db);
        db.check().throwIfBad();
      }
      Path target =
          Path.of(System.getProperty("pando.golden.write"), "format-1-" + pageSize + ".pando.gz");
      try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(target))) {
        Files.copy(path, out);
      }
    }
  }
}
