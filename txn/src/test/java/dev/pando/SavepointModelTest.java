package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import dev.pando.crash.ExpectedSavepoints;
import dev.pando.crash.ExpectedTables;
import dev.pando.crash.Figures;
import dev.pando.crash.HeldReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random transactions with savepoints inside each other, against the tables that are expected at
 * each. {@code -Dcrash.seed=} runs one again.
 */
@Tag("scaled")
class SavepointModelTest extends DatabaseTestBase {
  private static final String[] TABLES = {"one", "two", "three", "four", "five"};
  private static final long KEYS = 400;
  private static final int DEEPEST = 6;

  /** Enough to leave a batch of pages of 512 bytes to the early writer. */
  private static final int LOAD = 9000;

  private Random random = new Random();
  private ExpectedTables<Long> committed = new ExpectedTables<>(Codec.u64());
  private ExpectedTables<Long> state = committed;
  private ExpectedSavepoints<Long> savepoints = new ExpectedSavepoints<>();
  private @Nullable HeldReader<Long> held;
  private boolean loads;
  private int rollbacks;

  /** A cursor that is open, and the rollbacks that there had been. */
  private @Nullable RawCursor cursor;

  private int cursorRollbacks;

  private final Map<String, Batch<Long, byte[]>> batches = new HashMap<>();

  private @Nullable RawTable raw;

  @ParameterizedTest(name = "pages of {0} bytes, at most {1} dirty, {2} transactions")
  @CsvSource({
    "512,65536,2000",
    "512,1000000,2000",
    "512,100000000,300",
    "4096,65536,2000",
    "4096,1000000,1500"
  })
  void behavesAsItsModel(int pageSize, long spillLimit, int wanted) {
    Figures figures =
        new Figures("transactions, pages of " + pageSize + ", limit " + spillLimit, wanted);
    long seed = figures.seed(0);
    random = new Random(seed);
    loads = spillLimit > 10_000_000; // with less, pages are spilled before there is a batch
    Options options =
        Options.defaults()
            .withPageSize(pageSize)
            .withGrowthStep(16 << 10)
            .withSpillLimit(spillLimit);
    Database db = open(options);
    for (long i = 0; i < figures.wanted(); i++) {
      try {
        transaction(db);
        reader(db);
        if (random.nextInt(10) == 0) {
          CheckReport _ = db.check().throwIfBad();
        }
        if (random.nextInt(50) == 0 && !isInMemory()) {
          endReader();
          closeChecked(db);
          db = open(options);
          assertThat(db.openReport().passedOver()).isEmpty();
        }
        try (ReadTxn tx = db.beginRead()) {
          committed.assertSeenBy(tx, TABLES);
        }
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed + ", transaction " + i, e);
      }
    }
    endReader();
    System.out.println("SavepointModelTest " + rollbacks + " rollbacks, " + db.stat());
    figures.reached(figures.wanted());
  }

  private void reader(Database db) {
    if (held == null && random.nextInt(10) == 0) {
      held = new HeldReader<>(db.beginRead(), committed);
    } else if (random.nextInt(10) == 0) {
      endReader();
    }
  }

  private void endReader() {
    if (held != null) {
      held.end();
      held = null;
    }
  }

  private void transaction(Database db) {
    state = committed.copy();
    savepoints = new ExpectedSavepoints<>();
    cursor = null;
    batches.clear();
    boolean large = random.nextInt(20) == 0;
    int size = large ? 500 + random.nextInt(2500) : random.nextInt(200);
    int every = 2 + random.nextInt(large ? 200 : 20);
    try (WriteTxn tx = db.beginWrite()) {
      raw = tx.raw("one");
      for (int i = 0; i < size; i++) {
        if (random.nextInt(every) == 0) {
          savepoint(tx);
          if (!large || random.nextInt(20) == 0) {
            state.assertSeenBy(tx, TABLES);
          }
        }
        change(tx);
        cursor(tx);
      }
      rollbacks += savepoints.rollbacks();
      if (random.nextInt(6) > 0) {
        tx.commit();
        committed = state;
      }
    }
  }

  /** Makes a savepoint, or does something with one. */
  private void savepoint(WriteTxn tx) {
    int choice = random.nextInt(100);
    int depth = savepoints.depth();
    if (depth == 0 || (choice < 40 && depth < DEEPEST)) {
      savepoints.begin(tx, state);
      return;
    }
    // Mostly the newest one.
    int which = random.nextInt(3) > 0 ? depth - 1 : random.nextInt(depth);
    if (choice < 75) {
      state = savepoints.rollBack(tx, which);
    } else {
      savepoints.release(tx, which);
    }
  }

  private void change(WriteTxn tx) {
    String name = TABLES[random.nextInt(TABLES.length)];
    long key = random.nextLong(KEYS);
    int choice = random.nextInt(5000);
    if (choice >= 4000) {
      batch(tx, name, key, choice);
    } else if (choice < 2200) {
      state.put(tx, name, key, value());
    } else if (choice < 3400) {
      state.delete(tx, name, key);
    } else if (choice < 3900) {
      assertThat(tx.get(state.table(name), key)).isEqualTo(state.read(name).get(key));
    } else if (choice < 3930) {
      deleteRange(tx, name, key);
    } else if (choice < 3945) {
      rawPut(tx, key);
    } else if (choice < 3952) {
      state.clear(tx, name);
    } else if (choice < 3966) {
      state.drop(tx, name);
    } else if (choice < 3994) {
      rename(tx, name);
    } else if (loads) {
      load(tx, name);
    }
  }

  /** A change that waits, until anything else looks. */
  private void batch(WriteTxn tx, String name, long key, int choice) {
    Table<Long, byte[]> table = state.table(name); // counted or not, as the name's table is now
    Batch<Long, byte[]> batch = batches.computeIfAbsent(table.toString(), _ -> tx.batch(table));
    if (choice < 4600) {
      byte[] value = value();
      batch.put(key, value);
      state.entries(name).put(key, value);
    } else if (choice < 4980) {
      batch.delete(key);
      state.read(name).remove(key);
    } else {
      batch.flush();
    }
  }

  /** Through a handle that was opened before whatever happened since. */
  private void rawPut(WriteTxn tx, long key) {
    if (raw == null) {
      return;
    }
    byte[] encoded = new byte[8];
    java.nio.ByteBuffer.wrap(encoded).putLong(key);
    if (tx.tables().contains("one")) { // else it would be made with other codecs
      byte[] value = value();
      assertThat(raw.put(encoded, value)).isEqualTo(state.entries("one").put(key, value) == null);
      assertThat(raw.get(encoded)).isEqualTo(value);
    }
  }

  private void rename(WriteTxn tx, String name) {
    String to = TABLES[random.nextInt(TABLES.length)];
    if (!state.has(name) || !state.has(to)) {
      state.rename(tx, name, to);
    } else if (name.equals(to)) {
      assertThat(tx.rename(name, to)).as("does nothing").isTrue();
    } else {
      assertThatThrownBy(() -> tx.rename(name, to)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private void deleteRange(WriteTxn tx, String name, long from) {
    if (random.nextBoolean()) {
      state.deleteRange(tx, name, from, from + random.nextInt(200));
      return;
    }
    Table<Long, byte[]> table = state.table(name);
    for (Entry<Long, byte[]> entry : tx.scan(table, Range.closedOpen(from, from + 15))) {
      assertThat(tx.delete(table, entry.key())).isTrue();
    }
    state.read(name).subMap(from, from + 15).clear();
  }

  private void load(WriteTxn tx, String name) {
    Table<Long, byte[]> table = state.table(name);
    TreeMap<Long, byte[]> entries = state.entries(name);
    long first = entries.isEmpty() ? KEYS : Math.max(KEYS, entries.lastKey() + 1);
    if (first > 5L * LOAD) {
      tx.clear(table);
      entries.clear();
      first = KEYS;
    }
    byte[] value = new byte[180 + random.nextInt(20)];
    random.nextBytes(value);
    for (long key = first; key < first + LOAD; key++) {
      tx.append(table, key, value);
      entries.put(key, value);
    }
  }

  /** Moves a cursor that is opened now and then. */
  private void cursor(WriteTxn tx) {
    RawCursor open = cursor;
    if (open == null) {
      if (random.nextInt(40) == 0 && state.has("one")) {
        cursor = tx.raw("one").cursor();
        cursorRollbacks = savepoints.rollbacks();
      }
    } else if (cursorRollbacks != savepoints.rollbacks()) {
      assertThatThrownBy(open::next)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("savepoint");
      open.close();
      cursor = null;
    } else if (random.nextInt(3) == 0) {
      moveOrEnd(open);
    } else if (random.nextInt(20) == 0) {
      open.close();
      cursor = null;
    }
  }

  private void moveOrEnd(RawCursor open) {
    try {
      boolean _ = random.nextBoolean() ? open.next() : open.prev();
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining("the table was dropped");
      open.close();
      cursor = null;
    }
  }

  private byte[] value() {
    int kind = random.nextInt(1000);
    int size;
    if (kind < 800) {
      size = random.nextInt(60);
    } else if (kind < 950) {
      size = random.nextInt(800);
    } else if (kind < 990) {
      size = random.nextInt(6000);
    } else if (kind < 997) {
      size = random.nextInt(30_000);
    } else {
      size = 60_000 + random.nextInt(40_000); // most of these go to the file at once
    }
    byte[] value = new byte[size];
    random.nextBytes(value);
    return value;
  }
}
