package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.codec.Default;
import dev.pando.pager.DatabaseFile;
import dev.pando.pager.FileStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * As {@link GoldenFileTest}, with change feeds. The content follows from this class alone, but for
 * the times of commits. Do not change what it describes, and do not write the files again: earlier
 * builds wrote them, as users' files.
 */
class GoldenFeedFileTest extends DatabaseTestBase {
  private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddee02");
  private static final Table<String, Long> TURNED = Table.of("names", Codec.utf8(), Codec.u64());
  private static final long WRITTEN_AFTER = 1_790_000_000_000L; // milliseconds since 1970

  record Person(String name) {}

  record LaterPerson(String name, @Default("0") int age) {}

  private static final Table<Long, Person> PEOPLE =
      Table.of("people", Codec.u64(), Codec.record(Person.class));
  private static final Table<Long, LaterPerson> LATER =
      Table.of("people", Codec.u64(), Codec.record(LaterPerson.class));

  private static final FeedOptions ALL = FeedOptions.ofAllTables().withBefore(true).withMaxBytes(0);
  private static final FeedOptions SOME =
      FeedOptions.of(NAMES, BLOBS).withHold(true).withMaxCommits(100).withMaxBytes(1 << 20);
  private static final FeedOptions DROPS = FeedOptions.ofAllTables().withMaxCommits(4);

  private static final List<String> OF_ALL =
      List.of(
          "CHANGED names 0000000000000001 u64 utf8 6f6e65 -> 756e; REMOVED names 0000000000000002 u64 utf8 74776f -> null",
          "ADDED blobs 0000000000000001 u64 bytes null -> 9000/" + Arrays.hashCode(blob()),
          "ADDED people 0000000000000001 u64 record(name:utf8) null -> 416461",
          "CHANGED people 0000000000000001 u64 record(name:utf8;age:i32) 416461 -> 416461000080000000",
          "REMOVED names 0000000000000001 u64 utf8 756e -> null; REMOVED names 0000000000000003 u64 utf8 7468726565 -> null",
          "ADDED names 6f6e65 utf8 u64 null -> 0000000000000001");

  private static String name(int pageSize) {
    return "feeds-1-" + pageSize + ".pando.gz";
  }

  private static byte[] blob() {
    byte[] bytes = new byte[9000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    return bytes;
  }

  private static void write(Path file, int pageSize) {
    DatabaseFile.create(new FileStorage(), file, pageSize, ID);
    try (Database db = Database.open(file)) {
      Feed all = db.createFeed("all", ALL);
      Feed _ = db.createFeed("some", SOME);
      Feed _ = db.createFeed("drops", DROPS);
      db.update(
          tx -> {
            tx.put(NAMES, 1L, "one");
            tx.put(NAMES, 2L, "two");
            tx.put(NAMES, 3L, "three");
          });
      db.update(
          tx -> {
            tx.put(NAMES, 1L, "un");
            boolean _ = tx.delete(NAMES, 2L);
          });
      db.put(BLOBS, 1L, blob());
      db.put(PEOPLE, 1L, new Person("Ada"));
      db.update(tx -> assertThat(tx.put(LATER, 1L, new LaterPerson("Ada", 0))).isFalse());
      db.update(tx -> assertThat(tx.drop(NAMES)).isTrue());
      db.put(TURNED, "one", 1L);
      try (FeedReader reader = all.reader()) {
        FeedCommit _ = reader.next();
        all.acknowledge(reader.position());
      }
    }
  }

  private static void compare(Database db) {
    assertThat(db.feeds()).containsExactly("all", "drops", "some");
    assertThat(db.changes("all").options()).isEqualTo(ALL);
    assertThat(db.changes("some").options()).isEqualTo(SOME);
    assertThat(db.changes("drops").options()).isEqualTo(DROPS);
    assertThat(lines(db, "all")).isEqualTo(OF_ALL);
    FeedStat drops = db.changes("drops").stat();
    assertThat(drops.lostFrom()).isPositive();
    assertThat(drops.commits()).isBetween(3L, 4L);
    assertThat(lines(db, "some")).hasSize(5).last().isEqualTo(OF_ALL.getLast());
    assertThat(db.check().problems()).isEmpty();
  }

  private static List<String> lines(Database db, String feed) {
    List<String> lines = new ArrayList<>();
    try (FeedReader reader = db.changes(feed).reader()) {
      for (FeedCommit commit = reader.next(); commit != null; commit = reader.next()) {
        assertThat(commit.time().toEpochMilli()).isGreaterThan(WRITTEN_AFTER);
        List<String> changes = new ArrayList<>();
        commit.forEach(change -> changes.add(show(change)));
        lines.add(String.join("; ", changes));
      }
    }
    return lines;
  }

  private static String show(FeedChange change) {
    return "%s %s %s %s %s %s -> %s"
        .formatted(
            change.kind(),
            change.table(),
            show(change.key()),
            change.keyCodec(),
            change.valueCodec(),
            show(change.before()),
            show(change.after()));
  }

  private static @Nullable String show(byte @Nullable [] bytes) {
    return bytes == null
        ? null
        : bytes.length > 100
            ? bytes.length + "/" + Arrays.hashCode(bytes)
            : HexFormat.of().formatHex(bytes);
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
    compare(db);
    closeChecked(db);
    assertThat(Files.readAllBytes(file())).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void isWritten(int pageSize) throws IOException {
    Database db = openGolden(pageSize, Options.defaults());
    compare(db);
    db.put(TURNED, "two", 2L);
    assertThat(lines(db, "all"))
        .hasSize(7)
        .last()
        .isEqualTo("ADDED names 74776f utf8 u64 null -> 0000000000000002");
    try (FeedReader reader = db.changes("all").reader()) {
      FeedCommit _ = reader.next();
      db.changes("all").acknowledge(reader.position());
    }
    assertThat(db.changes("all").stat().commits()).isEqualTo(6);
    assertThat(db.changes("drops").stat().commits()).isBetween(3L, 4L);
    for (String feed : db.feeds()) {
      assertThat(db.dropFeed(feed)).isTrue();
    }
    assertThat(db.get(TURNED, "two")).isEqualTo(2);
  }

  /** Not a test: writes the files, which a released version never does again. */
  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  @EnabledIfSystemProperty(named = "pando.golden.write", matches = ".+")
  void write(int pageSize) throws IOException {
    write(file(), pageSize);
    Path target = Path.of(System.getProperty("pando.golden.write"));
    GoldenFile.pack(file(), target.resolve(name(pageSize)));
    compare(open());
  }
}
