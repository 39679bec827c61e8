package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.pager.DatabaseFile;
import dev.pando.pager.FileStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * As {@link GoldenFileTest}, with what those files lack: indexes of all kinds, and large values.
 * The content follows from this class alone. Do not change what it describes, and do not write the
 * files again: earlier builds wrote them, as users' files.
 */
class GoldenIndexedFileTest extends DatabaseTestBase {
  private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddee01");
  private static final int ROWS = 300;

  /** A row. */
  record Row(String name, int group, @Nullable Integer code, String tags) {}

  private static final Codec<Row> CODEC =
      Codec.record(Row.class, Codec.utf8(), Codec.i32(), Codec.nullable(Codec.i32()), Codec.utf8());
  private static final Table<Long, Row> TABLE = Table.of("rows", Codec.u64(), CODEC);
  private static final Index<String, Long, Row> BY_NAME = TABLE.index("by name", Row::name);
  private static final Index<Integer, Long, Row> BY_CODE = TABLE.uniqueIndex("by code", Row::code);
  private static final Index<Integer, Long, Row> OF_GROUP_1 =
      TABLE
          .index("lengths in group 1", Codec.i32(), "length(name)", row -> row.name.length())
          .where("group=1", row -> row.group == 1);
  private static final Index<String, Long, Row> BY_TAG =
      TABLE.indexEach("by tag", Codec.utf8(), "tags", GoldenIndexedFileTest::tags);

  /** Its index has been dropped, so that numbers of trees are not those of the indexes. */
  private static final Table<Long, Row> OTHER =
      Table.of("rows that are counted", Codec.u64(), CODEC).counted();

  private static final Index<String, Long, Row> DROPPED = OTHER.index("dropped", Row::name);
  private static final Index<Integer, Long, Row> OTHER_CODE = OTHER.index("code", Row::code);

  private static final BlobTable<String> FILES = BlobTable.of("files", Codec.utf8());

  /** Chunks of another length, which the heads of its values have. */
  private static final BlobTable<Long> SHORT = BlobTable.of("short chunks", Codec.u64(), 100);

  private static final List<Integer> LENGTHS =
      List.of(0, 1, 99, 100, 101, 1000, 5003, BlobTable.CHUNK_BYTES, 2 * BlobTable.CHUNK_BYTES + 7);

  private static String name(int pageSize) {
    return "indexed-1-" + pageSize + ".pando.gz";
  }

  private static List<String> tags(Row row) {
    return row.tags.chars().mapToObj(Character::toString).toList();
  }

  private static Row row(long n) {
    String name = "name %03d%s".formatted(n * 7919 % ROWS, "x".repeat((int) n % 20));
    return new Row(
        name,
        (int) n % 3,
        n % 4 == 0 ? null : (int) (n * 31 - 1000),
        "abcdefgh".substring((int) n % 7, 7));
  }

  private static byte[] value(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (length + i * 31 + (i >> 12));
    }
    return bytes;
  }

  private static void register(Database db) {
    db.register(BY_NAME, BY_CODE, OF_GROUP_1, BY_TAG, OTHER_CODE);
  }

  private static void putRows(WriteTxn tx) {
    for (long n = ROWS - 1; n >= 0; n--) {
      tx.put(TABLE, 2 * n, row(n));
      tx.put(OTHER, n, row(n));
    }
  }

  private static void putValues(WriteTxn tx) throws IOException {
    for (int length : LENGTHS) {
      long first = tx.put(FILES, "of " + length, BlobTableTest.channel(value(length)));
      assertThat(first).isEqualTo(length);
      if (length < 10_000) {
        long second = tx.put(SHORT, (long) length, BlobTableTest.channel(value(length)));
        assertThat(second).isEqualTo(length);
      }
    }
  }

  private static void write(Path file, int pageSize) throws IOException {
    DatabaseFile.create(new FileStorage(), file, pageSize, ID);
    try (Database db = Database.open(file)) {
      db.register(DROPPED);
      register(db);
      db.update(GoldenIndexedFileTest::putRows);
      db.update(tx -> assertThat(tx.drop(DROPPED)).isTrue());
      db.update(tx -> assertThat(tx.drop(BY_TAG)).isTrue());
      db.build(BY_TAG, (_, _) -> {});
      db.update(GoldenIndexedFileTest::putValues);
      compare(db);
    }
  }

  private static void compare(Database db) throws IOException {
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.tables())
          .containsExactly(FILES.name(), TABLE.name(), OTHER.name(), SHORT.name());
      List<Entry<Long, Row>> rows =
          LongStream.range(0, ROWS).mapToObj(n -> new Entry<>(2 * n, row(n))).toList();
      assertThat(tx.scan(TABLE).toList()).isEqualTo(rows);
      assertThat(tx.scan(OTHER).toList())
          .isEqualTo(rows.stream().map(e -> new Entry<>(e.key() / 2, e.value())).toList());
      compare(tx, BY_NAME, rows, row -> Stream.of(row.name));
      compare(tx, BY_CODE, rows, row -> Stream.ofNullable(row.code));
      compare(
          tx,
          OF_GROUP_1,
          rows,
          row -> row.group == 1 ? Stream.of(row.name.length()) : Stream.empty());
      compare(tx, BY_TAG, rows, row -> tags(row).stream());
      assertThat(tx.count(OTHER_CODE, Range.all())).isEqualTo(ROWS / 4 * 3);
      assertThat(tx.get(BY_CODE, 31 - 1000)).isEqualTo(new Entry<>(2L, row(1)));
      compareValues(tx);
    }
    assertThat(db.check().problems()).isEmpty();
  }

  private static <I extends Comparable<I>> void compare(
      ReadTxn tx,
      Index<I, Long, Row> index,
      List<Entry<Long, Row>> rows,
      Function<Row, Stream<I>> keys) {
    List<String> found = new ArrayList<>();
    I before = null;
    for (Entry<I, Long> entry : tx.scanKeys(index, Range.all())) {
      assertThat(before == null || before.compareTo(entry.key()) <= 0).isTrue();
      before = entry.key();
      found.add(entry.key() + " " + entry.value());
    }
    List<String> expected =
        rows.stream()
            .flatMap(row -> keys.apply(row.value()).map(key -> key + " " + row.key()))
            .toList();
    assertThat(found).as(index.name()).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static void compareValues(ReadTxn tx) throws IOException {
    assertThat(tx.keys(FILES)).hasSameSizeAs(LENGTHS);
    assertThat(tx.keys(SHORT)).hasSize(7);
    for (int length : LENGTHS) {
      assertThat(BlobTableTest.all(tx, FILES, "of " + length)).isEqualTo(value(length));
    }
    for (long length : tx.keys(SHORT)) {
      assertThat(BlobTableTest.all(tx, SHORT, length)).isEqualTo(value((int) length));
    }
  }

  private Database openGolden(int pageSize, Options options) throws IOException {
    GoldenFile.unpack(name(pageSize), file());
    Database db = open(options);
    register(db);
    return db;
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void isReadAndNotChanged(int pageSize) throws IOException {
    Database db = openGolden(pageSize, Options.defaults().withReadOnly(true));
    byte[] before = Files.readAllBytes(file());
    compare(db);
    assertThat(db.check().notes()).isEmpty();
    closeChecked(db);
    assertThat(Files.readAllBytes(file())).isEqualTo(before);
  }

  /** The file is worth its name: the table is not one leaf, and chunks are in runs. */
  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void hasBranchesAndRuns(int pageSize) throws IOException {
    Database db = openGolden(pageSize, Options.defaults().withReadOnly(true));
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.stat(TABLE).depth()).isGreaterThan(1);
      assertThat(tx.stat(FILES.chunks()).overflowPages())
          .isGreaterThanOrEqualTo(3L * BlobTable.CHUNK_BYTES / pageSize);
      assertThat(tx.count(SHORT.stored())).isEqualTo(7 + 1 + 1 + 1 + 2 + 10 + 51);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void isWritten(int pageSize) throws IOException {
    Database db = openGolden(pageSize, Options.defaults());
    for (int round = 0; round < 4; round++) {
      int first = round;
      db.update(
          tx -> {
            for (long n = first; n < ROWS; n += 4) {
              tx.put(TABLE, 2 * n + 1, new Row("more " + n, 1, (int) n + 100_000, "hxyz"));
              boolean _ = tx.delete(TABLE, 2 * n);
              boolean _ = tx.delete(OTHER, n);
            }
            for (int length : LENGTHS) {
              int _ =
                  tx.write(FILES, "of " + length)
                      .position(length / 2)
                      .write(ByteBuffer.wrap(new byte[300]));
              BlobChannel _ = tx.write(SHORT, (long) length).truncate(50L * first);
            }
          });
      assertThat(db.check().problems()).isEmpty();
    }
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.count(BY_TAG, Range.only("h"))).isEqualTo(ROWS);
      assertThat(tx.count(OTHER_CODE, Range.all())).isZero();
      int length = LENGTHS.getLast();
      byte[] changed = value(length);
      Arrays.fill(changed, length / 2, length / 2 + 300, (byte) 0);
      assertThat(BlobTableTest.all(tx, FILES, "of " + length)).isEqualTo(changed);
    }
    db.update(
        tx -> {
          long _ = tx.deleteRange(TABLE, Range.all());
          long _ = tx.deleteRange(SHORT, Range.all());
          putRows(tx);
          putValues(tx);
        });
    compare(db);
  }

  /** Not a test: writes the files, which a released version never does again. */
  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  @EnabledIfSystemProperty(named = "pando.golden.write", matches = ".+")
  void write(int pageSize) throws IOException {
    write(file(), pageSize);
    Path target = Path.of(System.getProperty("pando.golden.write"));
    GoldenFile.pack(file(), target.resolve(name(pageSize)));
    Database db = open();
    register(db);
    compare(db);
  }
}
