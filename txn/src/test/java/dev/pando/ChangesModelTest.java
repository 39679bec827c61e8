package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import dev.pando.crash.Figures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The differences of snapshots beside those of two full scans, in random programs with tables of
 * all kinds, range deletes, drops, compaction, named snapshots that come, go and are restored, and
 * pages that are used again.
 */
@Tag("scaled")
class ChangesModelTest extends DatabaseTestBase {
  private static final int STEPS = 60;

  private static final Table<Long, byte[]> PLAIN = Table.of("plain", Codec.u64(), Codec.bytes());
  private static final Table<Long, byte[]> COUNTED =
      Table.of("counted", Codec.u64(), Codec.bytes()).counted();
  private static final MultiTable<Long, Long> PAIRS =
      MultiTable.of("pairs", Codec.u64(), Codec.u64());

  private final Figures figures = new Figures("programs that compare snapshots", 200);

  @Test
  void areThoseOfTwoScans() {
    long programs = Figures.replays() ? 1 : figures.wanted();
    for (long i = 0; i < programs; i++) {
      long seed = figures.seed(i);
      try {
        run(seed);
      } catch (Throwable e) {
        throw Figures.failed(seed, e);
      }
    }
    figures.reached(programs);
  }

  private void run(long seed) {
    Random random = new Random(seed);
    Options options =
        Options.defaults().withPageSize(512 << random.nextInt(4)).withGrowthStep(8 << 10);
    Database db = open(directory().resolve("program-" + seed), options);
    List<ReadTxn> readers = new ArrayList<>();
    int keys = 1 << random.nextInt(3, 12);
    for (int i = 0; i < STEPS; i++) {
      step(db, readers, keys, random);
      if (readers.size() > 1) {
        compare(
            db,
            readers.get(random.nextInt(readers.size())),
            readers.get(random.nextInt(readers.size())),
            keys,
            random);
      }
    }
    readers.forEach(ReadTxn::close);
    closeChecked(db);
  }

  private static void step(Database db, List<ReadTxn> readers, int keys, Random random) {
    String name = "s" + random.nextInt(3);
    boolean exists = db.snapshots().list().stream().anyMatch(kept -> kept.name().equals(name));
    switch (random.nextInt(12)) {
      case 0 -> db.compact();
      case 1 -> {
        if (exists) {
          long _ = db.snapshots().restore(name);
        }
      }
      case 2 -> {
        if (exists) {
          boolean _ = db.snapshots().drop(name);
        } else {
          NamedSnapshot _ = db.snapshots().create(name);
        }
      }
      case 3 -> {
        if (exists) {
          readers.add(db.snapshots().open(name));
        }
      }
      default -> db.update(tx -> change(tx, keys, random));
    }
    if (random.nextInt(3) == 0) {
      readers.add(db.beginRead());
    }
    if (readers.size() > 5) {
      readers.remove(random.nextInt(readers.size())).close();
    }
  }

  private static void change(WriteTxn tx, int keys, Random random) {
    int changes = random.nextInt(random.nextInt(5) == 0 ? 500 : 10);
    for (int i = 0; i < changes; i++) {
      Table<Long, byte[]> table = random.nextBoolean() ? PLAIN : COUNTED;
      long key = random.nextInt(keys);
      int choice = random.nextInt(100);
      if (choice == 0) {
        tx.drop(table);
      } else if (choice == 1) {
        tx.drop(PAIRS.pairs());
      } else if (choice < 4) {
        tx.deleteRange(table, Range.closedOpen(key, key + random.nextInt(200)));
      } else if (choice < 20) {
        tx.delete(table, key);
      } else if (choice < 25) {
        tx.delete(PAIRS, key % 7, (long) random.nextInt(keys));
      } else if (choice < 35) {
        tx.put(PAIRS, key % 7, (long) random.nextInt(keys));
      } else {
        byte[] value = new byte[random.nextInt(random.nextInt(30) == 0 ? 20_000 : 60)];
        Arrays.fill(value, (byte) random.nextInt(2));
        tx.put(table, key, value);
      }
    }
  }

  private static void compare(Database db, ReadTxn before, ReadTxn after, int keys, Random random) {
    long low = random.nextInt(keys);
    Range<Long> range =
        random.nextBoolean() ? Range.all() : Range.closedOpen(low, low + random.nextInt(keys));
    boolean reversed = random.nextBoolean();
    for (Table<Long, byte[]> table : List.of(PLAIN, COUNTED)) {
      compare(db, before, after, table, reversed ? range.reversed() : range);
    }
    Range<Tuple2<Long, Long>> pairs =
        random.nextBoolean() ? Range.all() : PAIRS.range(low % 7, Range.atLeast(low));
    compare(db, before, after, PAIRS.pairs(), reversed ? pairs.reversed() : pairs);
    assertThat(db.diff(after, before, "plain").stream().count())
        .isEqualTo(db.diff(after, before, PLAIN).stream().count());
  }

  private static <K, V> void compare(
      Database db, ReadTxn before, ReadTxn after, Table<K, V> table, Range<K> range) {
    TreeMap<K, String> all = new TreeMap<>(after.asMap(table).comparator());
    before.scan(table, range).forEach(entry -> all.put(entry.key(), show(entry.value()) + " null"));
    after
        .scan(table, range)
        .forEach(
            entry -> {
              String was = all.remove(entry.key());
              String is = show(entry.value());
              String old = was == null ? "null" : was.substring(0, was.indexOf(' '));
              if (!old.equals(is)) {
                all.put(entry.key(), old + " " + is);
              }
            });
    List<String> wanted = new ArrayList<>();
    all.forEach((key, change) -> wanted.add(key + " " + change));
    List<String> found = new ArrayList<>();
    try (Changes<K, V> changes = db.diff(before, after, table, range)) {
      changes.forEach(c -> found.add(c.key() + " " + show(c.before()) + " " + show(c.after())));
    }
    assertThat(range.toString().contains("reversed") ? found.reversed() : found).isEqualTo(wanted);
  }

  private static String show(Object value) {
    return value instanceof byte[] bytes
        ? bytes.length + "x" + (bytes.length == 0 ? 0 : bytes[0])
        : Objects.toString(value);
  }
}
