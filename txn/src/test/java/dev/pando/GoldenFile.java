package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.ChronicleCodec;
import dev.pando.codec.ChronicleCodecTest;
import dev.pando.codec.Codec;
import dev.pando.codec.CodecLaws;
import dev.pando.codec.Tuple2;
import dev.pando.codec.Tuple3;
import dev.pando.codec.Tuple4;
import dev.pando.pager.DatabaseFile;
import dev.pando.pager.FileStorage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import net.openhft.chronicle.bytes.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A database that was written once and must be readable for ever: writes it, unpacks it, and knows
 * what is in it. The content follows from this class alone. Do not change what it describes: the
 * files of a version that was released are never written again.
 */
final class GoldenFile {
  /** The format version whose content this class knows. */
  static final int VERSION = 1;

  private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final int MANY = 1500;
  private static final int FRAGMENTS = 1200;
  private static final int HOLE = 200;

  enum Colour {
    RED,
    GREEN
  }

  record Point(int x, long y) {}

  @SuppressWarnings("ArrayRecordComponent") // the codecs of all types of components
  record Everything(
      int i,
      Long l,
      double d,
      boolean b,
      String text,
      byte[] bytes,
      UUID uuid,
      Instant instant,
      Colour colour,
      Point point) {}

  record BySize(String country, int size, @Nullable String note) {}

  /**
   * A table and all that is in it.
   *
   * @param entries by ascending key
   */
  record Contents<K, V>(Table<K, V> table, List<Entry<K, V>> entries) {
    void putAll(WriteTxn tx) {
      entries.forEach(entry -> tx.put(table, entry.key(), entry.value()));
    }

    void putNth(WriteTxn tx, int n) {
      tx.put(table, entries.get(n).key(), entries.get(n).value());
    }

    /** The same entries, decoded and as bytes, scanned and looked up one by one. */
    void compare(ReadTxn tx) {
      Codec<K> keys = table.keyCodec();
      Codec<V> values = table.valueCodec();
      assertThat(tx.count(table)).as(table.name()).isEqualTo(entries.size());
      List<Entry<K, V>> found = new ArrayList<>();
      try (Scan<K, V> scan = tx.scan(table)) {
        scan.forEach(found::add);
      }
      assertThat(found).as(table.name()).hasSameSizeAs(entries);
      for (int i = 0; i < found.size(); i++) {
        byte[] key = CodecLaws.whole(keys, entries.get(i).key());
        byte[] value = CodecLaws.whole(values, entries.get(i).value());
        String where = table.name() + ", entry " + i;
        assertThat(CodecLaws.whole(keys, found.get(i).key())).as(where).isEqualTo(key);
        assertThat(CodecLaws.whole(values, found.get(i).value())).as(where).isEqualTo(value);
        assertThat(tx.raw(table).get(key)).as(where).isEqualTo(value);
      }
    }
  }

  private GoldenFile() {}

  private static <K, V> Contents<K, V> of(
      String name, Codec<K> keys, Codec<V> values, List<K> k, IntFunction<V> v) {
    List<Entry<K, V>> entries =
        IntStream.range(0, k.size()).mapToObj(i -> new Entry<>(k.get(i), v.apply(i))).toList();
    return new Contents<>(Table.of(name, keys, values), entries);
  }

  private static byte[] bytes(int seed, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (seed + i * 31);
    }
    return bytes;
  }

  private static <T> T nth(List<T> list, int n) {
    return list.get(n % list.size());
  }

  private static final List<Long> SIGNED = List.of(Long.MIN_VALUE, -1L, 0L, 1L, Long.MAX_VALUE);
  private static final List<Long> UNSIGNED = List.of(0L, 1L, Long.MAX_VALUE, Long.MIN_VALUE, -1L);
  private static final List<Integer> INTS = List.of(Integer.MIN_VALUE, -1, 0, 1, Integer.MAX_VALUE);
  private static final List<Integer> WORDS =
      List.of(0, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1);
  private static final List<Double> DOUBLES =
      List.of(
          Double.NEGATIVE_INFINITY, -1.5, -0.0, 0.0, 1e-300, Double.POSITIVE_INFINITY, Double.NaN);
  private static final List<String> TEXTS =
      List.of("", "\0", "\0\u00ff", "a", "a\0", "ab", "\u00e9", "\u20ac", "\uffff", "\ud83c\udf0d");
  private static final List<UUID> UUIDS =
      List.of(new UUID(0, 0), new UUID(1, -1), new UUID(-1, 1), new UUID(-1, -1));
  private static final List<Instant> INSTANTS =
      List.of(
          Instant.MIN,
          Instant.ofEpochSecond(-1, 999_999_999),
          Instant.EPOCH,
          Instant.parse("2026-02-28T23:59:59.123456789Z"),
          Instant.MAX);

  /** Numbers, texts and the other single values, as keys and as values. */
  private static List<Contents<?, ?>> singles() {
    return List.of(
        of("u64", Codec.u64(), Codec.i64(), UNSIGNED, i -> nth(SIGNED, i)),
        of("i64", Codec.i64(), Codec.u64(), SIGNED, i -> nth(UNSIGNED, i)),
        of("u32", Codec.u32(), Codec.i32(), WORDS, i -> nth(INTS, i)),
        of("i32", Codec.i32(), Codec.u32(), INTS, i -> nth(WORDS, i)),
        of("f64", Codec.f64(), Codec.bool(), DOUBLES, i -> i % 2 == 0),
        of("bool", Codec.bool(), Codec.f64(), List.of(false, true), i -> nth(DOUBLES, i + 1)),
        of("utf8", Codec.utf8(), Codec.bytes(), TEXTS.subList(1, 10), i -> bytes(i, i)),
        of("uuid", Codec.uuid(), Codec.instant(), UUIDS, i -> nth(INSTANTS, i)),
        of("instant", Codec.instant(), Codec.uuid(), INSTANTS, i -> nth(UUIDS, i)),
        of("texts", Codec.i32(), Codec.utf8(), INTS, i -> nth(TEXTS, 2 * i)));
  }

  private static Everything everything(int i) {
    return new Everything(
        nth(INTS, i),
        nth(SIGNED, i),
        nth(DOUBLES, i),
        i % 2 == 0,
        nth(TEXTS, i),
        bytes(i, 2 * i),
        nth(UUIDS, i),
        nth(INSTANTS, i),
        nth(List.of(Colour.values()), i),
        new Point(i, -i));
  }

  /** Tuples, records, and what stands in them. */
  private static List<Contents<?, ?>> composites() {
    Codec<BySize> bySize =
        Codec.record(
            BySize.class,
            Codec.utf8(),
            Codec.descending(Codec.i32()),
            Codec.nullable(Codec.utf8()));
    return List.of(
        of(
            "tuple2",
            Codec.tuple(Codec.utf8(), Codec.i32()),
            Codec.tuple(Codec.nullable(Codec.bytes()), Codec.bool()),
            TEXTS.stream().map(text -> new Tuple2<>(text, -1)).toList(),
            i -> new Tuple2<>(i % 2 == 0 ? null : bytes(i, i), i % 3 == 0)),
        of(
            "tuple3",
            Codec.tuple(Codec.bytes(), Codec.descending(Codec.u64()), Codec.utf8()),
            Codec.tuple(Codec.f64(), Codec.uuid(), Codec.instant()),
            UNSIGNED.reversed().stream().map(n -> new Tuple3<>(bytes(0, 3), n, "x")).toList(),
            i -> new Tuple3<>(nth(DOUBLES, i), nth(UUIDS, i), nth(INSTANTS, i))),
        of(
            "tuple4",
            Codec.tuple(Codec.bool(), Codec.i64(), Codec.utf8(), Codec.u32()),
            Codec.tuple(Codec.utf8(), Codec.utf8(), Codec.utf8(), Codec.utf8()),
            SIGNED.stream().map(n -> new Tuple4<>(true, n, "\0", -1)).toList(),
            i -> new Tuple4<>(nth(TEXTS, i), nth(TEXTS, i + 1), "", nth(TEXTS, i + 2))),
        of(
            "record",
            bySize,
            Codec.record(Everything.class),
            List.of(
                new BySize("", 7, "n"),
                new BySize("at", 9, null),
                new BySize("at", 9, ""),
                new BySize("at", 8, "\0"),
                new BySize("at", -8, "n"),
                new BySize("ch", 0, null)),
            GoldenFile::everything),
        of(
            "descending",
            Codec.descending(Codec.utf8()),
            Codec.descending(Codec.i64()),
            TEXTS.reversed().stream().toList(),
            i -> nth(SIGNED, i)));
  }

  private static List<Contents<?, ?>> chronicle() {
    return List.of(
        of(
            "chronicle",
            ChronicleCodec.bytes(),
            ChronicleCodec.of("tick", ChronicleCodecTest.Tick.class, ChronicleCodecTest.Tick::new),
            IntStream.range(1, 6).<Bytes<?>>mapToObj(i -> Bytes.wrapForRead(bytes(i, i))).toList(),
            i -> ChronicleCodecTest.Tick.of(i, i / 4.0, i == 0 ? null : nth(TEXTS, i))));
  }

  private static byte[] fragment(int pageSize, int n) {
    return bytes(n, pageSize - 100 + n % 50); // a page of its own
  }

  private static boolean isLeft(int fragment) {
    return fragment % 2 == 1 && fragment % 6 != 1;
  }

  private static Contents<Integer, byte[]> fragments(int pageSize) {
    List<Integer> left = IntStream.range(0, FRAGMENTS).filter(GoldenFile::isLeft).boxed().toList();
    return of("fragments", Codec.u32(), Codec.bytes(), left, i -> fragment(pageSize, left.get(i)));
  }

  /** Lengths on both sides of each border that the format draws. */
  private static List<Contents<?, ?>> lengths(int pageSize) {
    int longest = (pageSize - 32) / 2 - 32;
    int cell = (pageSize - 32) / 2 - 6;
    int largest = 2 * pageSize + pageSize / 4;
    List<Integer> values =
        IntStream.of(
                0,
                1,
                127,
                250,
                251,
                255,
                256,
                cell - 7,
                cell - 6,
                cell - 5,
                pageSize - 32,
                pageSize - 31,
                2 * pageSize - 32,
                largest - 9,
                largest - 8,
                largest - 7,
                5 * pageSize + 1,
                40_000)
            .boxed()
            .toList();
    List<byte[]> keys =
        IntStream.of(1, 3, 4, 5, 100, 207, 208, 254, 255, 256, longest)
            .distinct()
            .filter(length -> length <= longest)
            .mapToObj(length -> bytes(length == longest ? 255 : length / 2, length))
            .toList();
    return List.of(
        of(
            "values",
            Codec.u32(),
            Codec.bytes(),
            IntStream.range(0, values.size()).boxed().toList(),
            i -> bytes(i, values.get(i))),
        of("keys", Codec.bytes(), Codec.bytes(), keys, i -> bytes(i, i * i * i)),
        of(
            "common",
            Codec.utf8(),
            Codec.utf8(),
            IntStream.range(100, 400).mapToObj(i -> "a common beginning " + i).toList(),
            String::valueOf));
  }

  /** Values that share leaves of several pages, and small ones between them. */
  private static Contents<Integer, byte[]> large(int pageSize) {
    List<Integer> keys = IntStream.range(0, 60).boxed().toList();
    return of(
        "large",
        Codec.u32(),
        Codec.bytes(),
        keys,
        i -> bytes(i, i % 7 == 0 ? i : pageSize / 2 + i * pageSize / 40));
  }

  private static Contents<Long, String> many(int step) {
    List<Long> keys = IntStream.range(0, MANY / step).mapToObj(i -> (long) i * step).toList();
    return of("many", Codec.u64(), Codec.utf8(), keys, i -> "value " + i * step);
  }

  private static Contents<String, Integer> towns(String name) {
    List<String> keys = List.of("Bern", "Chur", "Gen\u00e8ve", "Z\u00fcrich");
    return of(name, Codec.utf8(), Codec.i32(), keys, i -> 1000 - i);
  }

  private static Contents<Integer, byte[]> emptied() {
    return of("emptied", Codec.u32(), Codec.bytes(), List.of(), i -> bytes(i, i));
  }

  /** All that is in the file. */
  static List<Contents<?, ?>> contents(int pageSize) {
    List<Contents<?, ?>> all = new ArrayList<>();
    all.addAll(singles());
    all.addAll(composites());
    all.addAll(chronicle());
    all.addAll(lengths(pageSize));
    all.add(large(pageSize));
    all.add(fragments(pageSize));
    all.add(many(3));
    all.add(towns("St\u00e4dte \u20ac \ud83c\udf0d"));
    all.add(emptied());
    return all;
  }

  /** The names of all tables, in the order in which the catalog has them. */
  static List<String> names(int pageSize) {
    return contents(pageSize).stream()
        .map(contents -> contents.table().name())
        .sorted(Comparator.comparing(name -> name.getBytes(StandardCharsets.UTF_8), BY_BYTES))
        .toList();
  }

  private static final Comparator<byte[]> BY_BYTES = java.util.Arrays::compareUnsigned;

  /** Writes the database, in several commits, so that free space of every kind is in it. */
  static void write(Path file, int pageSize) {
    DatabaseFile.create(new FileStorage(), file, pageSize, ID);
    Table<Integer, byte[]> fragments = fragments(pageSize).table();
    Table<Integer, byte[]> dropped = Table.of("dropped", Codec.u32(), Codec.bytes());
    try (Database db = Database.open(file)) {
      db.update(
          tx -> {
            singles().forEach(contents -> contents.putAll(tx));
            composites().forEach(contents -> contents.putAll(tx));
            chronicle().forEach(contents -> contents.putAll(tx));
            lengths(pageSize).forEach(contents -> contents.putAll(tx));
            large(pageSize).putAll(tx);
            many(1).putAll(tx);
            towns("towns").putAll(tx);
            for (int i = 0; i < 100; i++) {
              tx.put(dropped, i, bytes(i, 10 * i));
              tx.put(emptied().table(), i, bytes(i, 10 * i));
            }
          });
      // Free pages side by side.
      db.update(tx -> tx.put(dropped, HOLE, new byte[2000 * pageSize]));
      db.update(tx -> tx.delete(dropped, HOLE));
      // Pages that a transaction wrote and gave back.
      db.update(
          tx -> {
            for (int i = 0; i < FRAGMENTS; i++) {
              tx.put(fragments, i, fragment(pageSize, i));
            }
            for (int i = 0; i < FRAGMENTS; i += 2) {
              tx.delete(fragments, i);
            }
          });
      // Pages that older snapshots see, one of which somebody reads.
      try (ReadTxn reader = db.beginRead()) {
        db.update(
            tx -> {
              tx.drop(dropped.name());
              tx.rename("towns", towns("St\u00e4dte \u20ac \ud83c\udf0d").table().name());
              tx.clear(emptied().table());
            });
        db.update(
            tx -> {
              for (int i = 1; i < FRAGMENTS; i += 6) {
                tx.delete(fragments, i);
              }
              for (long i = 0; i < MANY; i++) {
                if (i % 3 != 0) {
                  tx.delete(many(3).table(), i);
                }
              }
            });
        assertThat(reader.count(fragments)).isEqualTo(FRAGMENTS / 2);
      }
      db.update(tx -> many(3).putNth(tx, 7));
      compare(db, pageSize);
      CheckReport _ = db.check().throwIfBad();
    }
  }

  /** The file has exactly the tables and entries that it was written with. */
  static void compare(Database db, int pageSize) {
    db.view(
        tx -> {
          assertThat(tx.tables()).isEqualTo(names(pageSize));
          contents(pageSize).forEach(contents -> contents.compare(tx));
          return null;
        });
  }

  /** The name of a packed file: beside this class's resources, or in the directory to write to. */
  static String name(int version, int pageSize) {
    return "format-" + version + "-" + pageSize + ".pando.gz";
  }

  static void pack(Path file, Path packed) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      Files.copy(file, out);
    }
  }

  static void unpack(int version, int pageSize, Path to) throws IOException {
    unpack(name(version, pageSize), to);
  }

  static void unpack(String name, Path to) throws IOException {
    String resource = "golden/" + name;
    try (InputStream in = GoldenFile.class.getResourceAsStream(resource)) {
      assertThat(in).as("the resource " + resource).isNotNull();
      Files.copy(new GZIPInputStream(in), to);
    }
  }
}
