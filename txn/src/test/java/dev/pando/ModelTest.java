package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.crash.ExpectedTables;
import dev.pando.crash.Figures;
import dev.pando.crash.HeldReader;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random programs against a model: the expected tables of each state that is still read. {@code
 * -Dcrash.seed=} runs one again.
 */
@Tag("scaled")
class ModelTest extends DatabaseTestBase {
  private static final String[] TABLES = {"one", "two", "three"};
  private static final String RENAMED = "renamed";

  private final List<HeldReader<String>> held = new ArrayList<>();
  private ExpectedTables<String> committed = new ExpectedTables<>(Codec.utf8());
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
    held.forEach(HeldReader::end);
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
    ExpectedTables<String> model = committed.copy();
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

  private void operation(WriteTxn tx, ExpectedTables<String> model, int keys) {
    operations++;
    String name = TABLES[random.nextInt(TABLES.length)];
    String key = key(keys);
    int choice = random.nextInt(20_000);
    if (choice < 11_500) {
      model.put(tx, name, key, value());
    } else if (choice < 16_500) {
      model.delete(tx, name, key);
    } else if (choice < 19_800) {
      assertThat(tx.get(model.table(name), key)).isEqualTo(model.read(name).get(key));
    } else if (choice < 19_900) {
      deleteRange(tx, model.table(name), model.read(name), key);
    } else if (choice < 19_990) {
      model.assertSeenBy(tx, TABLES);
    } else if (choice < 19_993) {
      model.clear(tx, name);
    } else if (choice < 19_996) {
      model.drop(tx, name);
    } else if (!model.has(RENAMED)) {
      model.rename(tx, name, RENAMED);
    } else {
      model.drop(tx, RENAMED);
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

  private void holdReader() {
    if (held.size() < 6) {
      held.add(new HeldReader<>(db.beginRead(), committed));
    }
  }

  private void verifyReader() {
    if (!held.isEmpty()) {
      held.get(random.nextInt(held.size())).verify();
    }
  }

  private void releaseReader() {
    if (!held.isEmpty()) {
      held.remove(random.nextInt(held.size())).end();
    }
  }

  private void reopen() {
    if (isInMemory()) {
      return;
    }
    held.forEach(HeldReader::end);
    held.clear();
    closeChecked(db);
    db = open(options);
    assertThat(db.openReport().passedOver()).isEmpty();
    try (ReadTxn tx = db.beginRead()) {
      committed.assertSeenBy(tx, TABLES);
    }
  }
}
