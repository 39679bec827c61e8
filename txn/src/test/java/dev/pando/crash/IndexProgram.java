package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pando.Batch;
import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Index;
import dev.pando.Options;
import dev.pando.Range;
import dev.pando.ReadTxn;
import dev.pando.Savepoint;
import dev.pando.TableCursor;
import dev.pando.WriteTxn;
import dev.pando.error.UniqueIndexException;
import dev.pando.testkit.SimulatedDisk;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One random program with {@link IndexedRows}, on a simulated disk. */
final class IndexProgram implements AutoCloseable {
  private static final int KEYS = 120;

  /** Of so many calls of the disk, power cuts are tried at one. */
  private static final int MOMENTS = 150;

  /** A savepoint and what the transaction saw then. */
  private record Mark(Savepoint savepoint, IndexedRows state) {}

  private final Random random;
  private final Options options;
  private final Deque<Mark> marks = new ArrayDeque<>();
  private SimulatedDisk disk = new SimulatedDisk(32 << 20);
  private Database db;

  /** What the last commit has, and what the transaction sees. */
  private IndexedRows committed = new IndexedRows();

  private IndexedRows state = committed;

  /** What a commit that is under way will have; null if there is none. */
  private @Nullable IndexedRows coming;

  private @Nullable WriteTxn tx;
  private long images;

  IndexProgram(long seed) {
    random = new Random(seed);
    Options all = ImageCheck.options(512, 1L << random.nextInt(9, 15));
    options = random.nextBoolean() ? all.withLogSize(64 << 10) : all;
    db = open(disk);
    watch();
  }

  long images() {
    return images;
  }

  private Database open(SimulatedDisk on) {
    Database opened = Database.open(ImageCheck.FILE, on.options(options));
    opened.register(IndexedRows.INDEXES.toArray(Index<?, ?, ?>[]::new));
    opened.register(IndexedRows.OTHER_INDEXES.toArray(Index<?, ?, ?>[]::new));
    return opened;
  }

  private void watch() {
    Random moments = new Random(random.nextLong());
    disk.onCall(
        (_, _, _, _) -> {
          if (moments.nextInt(MOMENTS) == 0) {
            disk.powerCuts(moments.nextLong())
                .exhaustingUpTo(3, 2)
                .forEach((kind, left) -> verifyImage(kind, left));
          }
        });
  }

  /** Opens what a power cut left; returns what is in it. */
  private IndexedRows verifyImage(String kind, SimulatedDisk left) {
    images++;
    try (Database found = open(left)) {
      CheckReport report = found.check();
      if (!report.ok()) {
        throw new AssertionError(kind + ": " + report);
      }
      return found.view(reader -> stateOf(kind, reader));
    }
  }

  private IndexedRows stateOf(String kind, ReadTxn reader) {
    String difference = committed.difference(reader);
    if (difference == null) {
      return committed;
    }
    IndexedRows next = coming;
    if (next == null || next.difference(reader) != null) {
      throw new AssertionError(kind + ": " + difference);
    }
    return next;
  }

  void run(int length) {
    for (int i = 0; i < length; i++) {
      step(random.nextInt(100));
    }
    commit();
    verify();
  }

  private void step(int number) {
    if (number < 30) {
      put(begun());
    } else if (number < 38) {
      delete(begun());
    } else if (number < 46) {
      batch(begun());
    } else if (number < 54) {
      deleteRange(begun());
    } else if (number < 57) {
      indexes(begun());
    } else if (number < 60) {
      tables(begun());
    } else if (number < 70) {
      savepoints(begun());
    } else if (number < 76) {
      verify();
    } else if (number < 92) {
      commit();
    } else if (number < 94) {
      rollBack();
    } else if (number < 97) {
      between(number);
    } else {
      fill(begun());
    }
  }

  private WriteTxn begun() {
    WriteTxn running = tx;
    if (running == null) {
      running = db.beginWrite();
      tx = running;
      state = committed.copy();
    }
    return running;
  }

  private IndexedRows.Row row() {
    String name = "n".repeat(random.nextInt(60)) + random.nextInt(20);
    Integer code = random.nextInt(3) == 0 ? random.nextInt(40) : null;
    String tags = "abcdefg".substring(random.nextInt(4), random.nextInt(4, 8));
    return new IndexedRows.Row(name, random.nextInt(3), code, tags);
  }

  private long key() {
    return random.nextInt(KEYS);
  }

  private void put(WriteTxn running) {
    long key = random.nextInt(8) == 0 && !state.rows.isEmpty() ? state.rows.lastKey() + 1 : key();
    IndexedRows.Row row = row();
    boolean isNew = !state.rows.containsKey(key);
    boolean isLast = state.rows.isEmpty() || key > state.rows.lastKey();
    IndexedRows after = state.copy();
    if (!after.put(key, row)) {
      assertThatExceptionOfType(UniqueIndexException.class)
          .isThrownBy(() -> put(running, key, row, isLast));
      return;
    }
    assertThat(put(running, key, row, isLast)).isEqualTo(isNew);
    state = after;
  }

  private boolean put(WriteTxn running, long key, IndexedRows.Row row, boolean isLast) {
    switch (random.nextInt(isLast ? 4 : 3)) {
      case 0:
        return running.put(IndexedRows.ROWS, key, row);
      case 1:
        return running.getAndPut(IndexedRows.ROWS, key, row) == null;
      case 2:
        try (TableCursor<Long, IndexedRows.Row> cursor = running.cursor(IndexedRows.ROWS)) {
          return cursor.put(key, row);
        }
      default:
        running.append(IndexedRows.ROWS, key, row);
        return true;
    }
  }

  private void fill(WriteTxn running) {
    IndexedRows after = state.copy();
    for (int i = 0; i < 80; i++) {
      IndexedRows.Row row = new IndexedRows.Row("fill" + i, i % 3, null, "ab");
      long key = key();
      assertThat(after.put(key, row)).isTrue();
      boolean _ = running.put(IndexedRows.ROWS, key, row);
    }
    state = after;
  }

  private void delete(WriteTxn running) {
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      long key = key();
      boolean there = state.rows.remove(key) != null;
      assertThat(running.delete(IndexedRows.ROWS, key)).isEqualTo(there);
    }
  }

  private void batch(WriteTxn running) {
    Map<Long, IndexedRows.@Nullable Row> changes = new TreeMap<>();
    Batch<Long, IndexedRows.Row> batch = running.batch(IndexedRows.ROWS);
    for (int i = random.nextInt(30); i >= 0; i--) {
      long key = key();
      if (random.nextInt(3) == 0) {
        batch.delete(key);
        changes.put(key, null);
      } else {
        IndexedRows.Row row = row();
        batch.put(key, row);
        changes.put(key, row);
      }
    }
    IndexedRows after = state.copy();
    boolean fits = true;
    for (Map.Entry<Long, IndexedRows.@Nullable Row> change : changes.entrySet()) {
      IndexedRows.Row row = change.getValue();
      if (row == null) {
        after.rows.remove(change.getKey());
      } else {
        fits &= after.put(change.getKey(), row);
      }
    }
    if (fits) {
      batch.flush();
      state = after;
    } else {
      assertThatExceptionOfType(UniqueIndexException.class).isThrownBy(batch::flush);
    }
  }

  private void deleteRange(WriteTxn running) {
    long from = key();
    long to = from + random.nextInt(random.nextBoolean() ? 10 : KEYS);
    Range<Long> range = Range.closedOpen(from, to);
    Map<Long, IndexedRows.Row> gone = new HashMap<>(state.rows.subMap(from, to));
    switch (random.nextInt(3)) {
      case 0 -> assertThat(running.deleteRange(IndexedRows.ROWS, range)).isEqualTo(gone.size());
      case 1 -> {
        gone.values().removeIf(row -> row.group() == 1);
        assertThat(running.deleteIf(IndexedRows.ROWS, range, (_, row) -> row.group() != 1))
            .isEqualTo(gone.size());
      }
      default -> {
        Range<Long> first = range.limit(3);
        gone.keySet().retainAll(state.rows.subMap(from, to).keySet().stream().limit(3).toList());
        assertThat(running.deleteRange(IndexedRows.ROWS, first)).isEqualTo(gone.size());
      }
    }
    state.rows.keySet().removeAll(gone.keySet());
  }

  private void indexes(WriteTxn running) {
    int which = random.nextInt(IndexedRows.INDEXES.size());
    Index<?, Long, IndexedRows.Row> index = IndexedRows.INDEXES.get(which);
    if (random.nextInt(3) == 0) {
      assertThat(running.drop(index)).isEqualTo(state.indexes.remove(which));
    } else if (which == 1 && !state.indexes.contains(which) && state.hasTwins()) {
      assertThatExceptionOfType(UniqueIndexException.class).isThrownBy(() -> running.create(index));
    } else {
      boolean isNew = !state.indexes.contains(which);
      assertThat(running.create(index)).isEqualTo(isNew);
      state.create();
      state.indexes.add(which);
    }
  }

  private void tables(WriteTxn running) {
    switch (random.nextInt(6)) {
      case 0 -> {
        assertThat(running.drop(IndexedRows.ROWS)).isEqualTo(state.exists);
        state.drop();
      }
      case 1, 2 -> {
        running.clear(IndexedRows.ROWS);
        state.rows.clear();
      }
      default -> {
        assertThat(running.rename(IndexedRows.ROWS, IndexedRows.OTHER)).isEqualTo(state.exists);
        assertThat(state.indexDifference(running, IndexedRows.OTHER_INDEXES)).isNull();
        if (state.exists) {
          boolean _ = running.put(IndexedRows.OTHER, 3L, new IndexedRows.Row("o", 0, null, "x"));
          state.rows.put(3L, new IndexedRows.Row("o", 0, null, "x"));
        }
        boolean _ = running.rename(IndexedRows.OTHER, IndexedRows.ROWS);
      }
    }
  }

  private void savepoints(WriteTxn running) {
    if (marks.isEmpty() || (marks.size() < 3 && random.nextBoolean())) {
      marks.push(new Mark(running.savepoint(), state.copy()));
      return;
    }
    Mark mark = marks.pop();
    if (random.nextBoolean()) {
      running.rollbackTo(mark.savepoint);
      state = mark.state;
    }
    running.release(mark.savepoint);
  }

  private void commit() {
    WriteTxn running = tx;
    if (running != null) {
      coming = state;
      running.commit();
      committed = state;
      coming = null;
      tx = null;
      marks.clear();
    }
  }

  private void rollBack() {
    WriteTxn running = tx;
    if (running != null) {
      running.rollback();
      tx = null;
      state = committed;
      marks.clear();
    }
  }

  /** What needs that no transaction is open. */
  private void between(int number) {
    commit();
    if (number == 94) {
      db.close();
      db = open(disk);
    } else if (number == 95) {
      crash();
    } else if (random.nextInt(4) == 0) {
      db.compact();
    } else {
      build();
    }
  }

  private void crash() {
    SimulatedDisk left = disk.powerCuts(random.nextLong()).any();
    disk.kill();
    disk.close();
    disk = left;
    db = open(disk);
    watch();
    db.view(
        reader -> {
          assertThat(committed.difference(reader)).isNull();
          return null;
        });
  }

  private void build() {
    int which = random.nextInt(IndexedRows.INDEXES.size());
    Index<?, Long, IndexedRows.Row> index = IndexedRows.INDEXES.get(which);
    if (which == 1 && !committed.indexes.contains(which) && committed.hasTwins()) {
      assertThatExceptionOfType(UniqueIndexException.class)
          .isThrownBy(() -> db.build(index, (_, _) -> {}));
      return;
    }
    db.build(index, (_, _) -> {});
    committed = committed.copy();
    committed.create();
    committed.indexes.add(which);
    state = committed;
  }

  private void verify() {
    WriteTxn running = tx;
    if (running != null) {
      verify(running, state);
    }
    db.view(
        reader -> {
          verify(reader, committed);
          return null;
        });
    CheckReport _ = db.check().throwIfBad();
  }

  private static void verify(ReadTxn reader, IndexedRows expected) {
    assertThat(expected.difference(reader)).isNull();
    assertThat(expected.indexDifference(reader, IndexedRows.INDEXES)).isNull();
  }

  @Override
  public void close() {
    rollBack();
    db.close();
    disk.close();
  }
}
