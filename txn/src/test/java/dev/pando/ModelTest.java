package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.crash.Figures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random programs against a model: a {@link TreeMap} for each table of each state that is still
 * read. {@code -Dcrash.seed=} runs one again.
 */
@Tag("scaled")
final class ModelTest extends DatabaseTestBase {
  private static final String[] TABLES = {"one", "two", "three"};

  /** A reader and what it must go on seeing. */
  private record Held(ReadTxn tx, Map<String, TreeMap<String, byte[]>> state) {}

  private final List<Held> held = new ArrayList<>();
  private Map<String, TreeMap<String, byte[]>> committed = new HashMap<>();
  private Random random = new Random();
  private Database db;
  private Options options;
  private long operations;

  @ParameterizedTest(name = "pages of {0} bytes, {1} keys")
  @CsvSource({
    "512,300,400000",
    "512,5000,300000",
    "1024,400,100000",
    "4096,3000,300000",
    "4096,60000,200000",
    "16384,500,100000",
    "65536,300,100000"
  })
  void behavesAsItsModel(int pageSize, int keys, int wanted) {
    Figures figures = new Figures("operations on pages of " + pageSize, wanted);
    long seed = figures.seed(0);
    random = new Random(seed);
    options =
        Options.defaults()
            .withPageSize(pageSize)
            .withGrowthStep(16 << 10)
            .withSpillLimit(256 << 10);
    db = open(options);
    try {
      while (operations < figures.wanted()) {
        step(keys);
      }
    } catch (Throwable e) {
      throw new AssertionError("seed " + seed + " after " + operations + " operations", e);
    }
    held.forEach(reader -> reader.tx.close());
    System.out.println("ModelTest " + operations + " operations, " + db.stat());
    figures.reached(operations);
  }

  private void step(int keys) {
    int choice = random.nextInt(100);
    if (choice < 70) {
      transaction(keys);
    } else if (choice < 80) {
      holdReader();
    } else if (choice < 90) {
      verifyReader();
    } else if (choice < 96) {
      releaseReader();
    } else if (choice < 98) {
      CheckReport _ = db.check().throwIfBad();
    } else {
      reopen();
    }
  }

  private void transaction(int keys) {
    Map<String, TreeMap<String, byte[]>> model = copy(committed);
    boolean large = random.nextInt(40) == 0;
    int size = large ? random.nextInt(3000) : random.nextInt(60);
    try (WriteTxn tx = db.beginWrite()) {
      for (int i = 0; i < size; i++) {
        operation(tx, model, keys);
      }
      if (random.nextInt(10) > 0) {
        tx.commit();
        committed = model;
      }
    }
  }

  private static Map<String, TreeMap<String, byte[]>> copy(
      Map<String, TreeMap<String, byte[]>> state) {
    Map<String, TreeMap<String, byte[]>> copy = new HashMap<>();
    state.forEach((name, entries) -> copy.put(name, new TreeMap<>(entries)));
    return copy;
  }

  private static Table<String, byte[]> table(String name) {
    return Table.of(name, Codec.utf8(), Codec.bytes());
  }

  private void operation(WriteTxn tx, Map<String, TreeMap<String, byte[]>> model, int keys) {
    operations++;
    String name = TABLES[random.nextInt(TABLES.length)];
    Table<String, byte[]> table = table(name);
    String key = key(keys);
    int choice = random.nextInt(20_000);
    if (choice < 11_500) {
      byte[] value = value();
      TreeMap<String, byte[]> entries = model.computeIfAbsent(name, n -> new TreeMap<>());
      assertThat(tx.put(table, key, value)).isEqualTo(entries.put(key, value) == null);
    } else if (choice < 16_500) {
      TreeMap<String, byte[]> entries = model.getOrDefault(name, new TreeMap<>());
      assertThat(tx.delete(table, key)).isEqualTo(entries.remove(key) != null);
    } else if (choice < 19_800) {
      assertThat(tx.get(table, key)).isEqualTo(model.getOrDefault(name, new TreeMap<>()).get(key));
    } else if (choice < 19_900) {
      deleteRange(tx, table, model.getOrDefault(name, new TreeMap<>()), key);
    } else if (choice < 19_990) {
      assertSame(tx, name, model.get(name));
    } else if (choice < 19_993) {
      tx.clear(table);
      model.computeIfPresent(name, (n, entries) -> new TreeMap<>());
    } else if (choice < 19_996) {
      assertThat(tx.drop(name)).isEqualTo(model.remove(name) != null);
    } else if (!model.containsKey("renamed")) {
      TreeMap<String, byte[]> entries = model.remove(name);
      assertThat(tx.rename(name, "renamed")).isEqualTo(entries != null);
      if (entries != null) {
        model.put("renamed", entries);
      }
    } else {
      assertThat(tx.drop("renamed")).isTrue();
      assertThat(model.remove("renamed")).isNotNull();
    }
  }

  /** Deletes while scanning. */
  private static void deleteRange(
      WriteTxn tx, Table<String, byte[]> table, TreeMap<String, byte[]> entries, String from) {
    for (Entry<String, byte[]> entry : tx.scan(table, Range.atLeast(from).limit(40))) {
      assertThat(tx.delete(table, entry.key())).isTrue();
    }
    Iterator<String> keys = entries.tailMap(from, true).keySet().iterator();
    for (int i = 0; i < 40 && keys.hasNext(); i++) {
      keys.next();
      keys.remove();
    }
  }

  private String key(int keys) {
    int n = random.nextInt(keys);
    return n % 50 == 0 ? "long " + n + "x".repeat(n % 140) : "key " + n;
  }

  private byte[] value() {
    int kind = random.nextInt(100);
    int size;
    if (kind < 75) {
      size = random.nextInt(60);
    } else if (kind < 90) {
      size = random.nextInt(800);
    } else if (kind < 96) {
      size = 2000 + random.nextInt(2200); // several share a leaf of several pages
    } else if (kind < 99 || random.nextInt(10) > 0) {
      size = random.nextInt(20 << 10);
    } else {
      size = random.nextInt(200_000);
    }
    byte[] value = new byte[size];
    random.nextBytes(value);
    return value;
  }

  private static void assertSame(ReadTxn tx, String name, TreeMap<String, byte[]> entries) {
    Table<String, byte[]> table = table(name);
    TreeMap<String, byte[]> expected = entries == null ? new TreeMap<>() : entries;
    assertThat(tx.tables().contains(name)).isEqualTo(entries != null);
    assertThat(tx.count(table)).isEqualTo(expected.size());
    Iterator<Map.Entry<String, byte[]>> model = expected.entrySet().iterator();
    for (Entry<String, byte[]> entry : tx.scan(table)) {
      Map.Entry<String, byte[]> wanted = model.next();
      assertThat(entry.key()).isEqualTo(wanted.getKey());
      if (!Arrays.equals(entry.value(), wanted.getValue())) {
        throw new AssertionError("another value of " + entry.key() + " in " + name);
      }
    }
    assertThat(model.hasNext()).isFalse();
  }

  private static void assertSameState(ReadTxn tx, Map<String, TreeMap<String, byte[]>> state) {
    for (String name : TABLES) {
      assertSame(tx, name, state.get(name));
    }
    assertSame(tx, "renamed", state.get("renamed"));
  }

  private void holdReader() {
    if (held.size() < 6) {
      held.add(new Held(db.beginRead(), committed));
    }
  }

  private void verifyReader() {
    if (!held.isEmpty()) {
      Held reader = held.get(random.nextInt(held.size()));
      assertSameState(reader.tx, reader.state);
    }
  }

  private void releaseReader() {
    if (!held.isEmpty()) {
      Held reader = held.remove(random.nextInt(held.size()));
      assertSameState(reader.tx, reader.state);
      reader.tx.close();
    }
  }

  private void reopen() {
    for (Held reader : held) {
      assertSameState(reader.tx, reader.state);
      reader.tx.close();
    }
    held.clear();
    closeChecked(db);
    db = open(options);
    assertThat(db.openReport().passedOver()).isEmpty();
    try (ReadTxn tx = db.beginRead()) {
      assertSameState(tx, committed);
    }
  }
}
