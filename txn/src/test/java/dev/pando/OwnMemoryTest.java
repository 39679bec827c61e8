package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Raw writes whose keys and values are memory of the same transaction. */
class OwnMemoryTest extends DatabaseTestBase {
  private static byte[] filled(int length, int with) {
    byte[] value = new byte[length];
    Arrays.fill(value, (byte) with);
    return value;
  }

  private static byte[] key(int number) {
    return new byte[] {(byte) (number >>> 8), (byte) number};
  }

  /** Twenty values in one leaf, of which each other length makes a change move cells. */
  private static RawTable oneLeaf(WriteTxn tx) {
    RawTable t = tx.raw("t");
    for (int i = 0; i < 20; i++) {
      boolean _ = t.put(key(2 * i), filled(80 + i, i));
    }
    return t;
  }

  @Test
  void aValueIsPutUnderAnotherKeyWhileItIsRead() {
    Database db = open();
    db.update(
        tx -> {
          RawTable t = oneLeaf(tx);
          for (int i = 0; i < 20; i++) {
            MemorySegment to = MemorySegment.ofArray(key(2 * i));
            assertThat(t.<Boolean>read(key(20), segment -> t.put(to, segment))).isFalse();
            assertThat(t.get(key(2 * i))).isEqualTo(filled(90, 10));
          }
        });
  }

  @Test
  void aValueIsPutUnderManyKeysWhileItIsRead() {
    Database db = open();
    db.update(
        tx -> {
          RawTable t = oneLeaf(tx);
          Object _ =
              t.read(
                  key(20),
                  segment -> {
                    for (int i = 0; i < 20; i++) {
                      boolean _ = t.put(MemorySegment.ofArray(key(2 * i)), segment);
                    }
                    return null;
                  });
          for (int i = 0; i < 20; i++) {
            assertThat(t.get(key(2 * i))).isEqualTo(filled(90, 10));
          }
        });
  }

  @Test
  void aCursorsSegmentsArePut() {
    Database db = open();
    db.update(
        tx -> {
          RawTable t = tx.raw("t");
          for (int i = 0; i < 20; i++) {
            boolean _ = t.put(key(2 * i), filled(100, i));
          }
          View key = new View();
          View value = new View();
          try (RawCursor cursor = t.cursor()) {
            assertThat(cursor.seek(key(20))).isTrue();
            cursor.entry(key, value);
            MemorySegment found = value.asSegment();
            boolean _ = t.put(MemorySegment.ofArray(key(1)), found);
            boolean _ = t.put(MemorySegment.ofArray(key(3)), found); // it outlives the first write
            cursor.entry(key, value);
            boolean _ = t.put(key.asSegment(), key.asSegment());
          }
          assertThat(t.get(key(1))).isEqualTo(filled(100, 10));
          assertThat(t.get(key(3))).isEqualTo(filled(100, 10));
          assertThat(t.get(key(20))).isEqualTo(key(20));
        });
  }

  /** The bytes that a slice shows, as a program gets them that keeps what it should not. */
  private static MemorySegment inPlace(WriteTxn tx, RawTable table, byte[] key) {
    View view = new View();
    assertThat(table.get(key, view)).isTrue();
    assertThat(tx.isOpen()).isTrue();
    return view.slice().segment.asSlice(view.slice().offset, view.slice().length);
  }

  /**
   * Against a model: values of all sizes, in pages of the base, of the transaction, written early.
   */
  @Test
  void whateverIsPutIsWhatWasThere() {
    long seed = Long.getLong("own.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    Database db = open(Options.defaults().withPageSize(1024).withSpillLimit(64 << 10));
    TreeMap<Integer, byte[]> model = new TreeMap<>();
    try {
      for (int commit = 0; commit < 8; commit++) {
        db.update(
            tx -> {
              RawTable a = tx.raw("a");
              RawTable b = tx.raw("b");
              for (int i = 0; i < 400; i++) {
                step(tx, i % 7 == 0 ? b : a, a, model, random);
              }
            });
        try (ReadTxn tx = db.beginRead()) {
          RawTable a = tx.raw("a");
          model.forEach((key, value) -> assertThat(a.get(key(key))).isEqualTo(value));
        }
      }
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("run it again with -Down.seed=" + seed, e);
    }
  }

  private static void step(
      WriteTxn tx,
      RawTable aside,
      RawTable a,
      TreeMap<Integer, byte[]> model,
      SplittableRandom random) {
    int target = random.nextInt(300);
    Integer source = model.floorKey(random.nextInt(300));
    if (source == null || random.nextInt(4) == 0) {
      int length =
          random.nextInt(40) == 0 ? 70_000 : random.nextInt(random.nextInt(8) == 0 ? 3000 : 200);
      byte[] value = filled(length, random.nextInt());
      boolean _ = a.put(key(target), value);
      model.put(target, value);
      return;
    }
    byte[] value = Objects.requireNonNull(model.get(source));
    MemorySegment to = MemorySegment.ofArray(key(target));
    switch (random.nextInt(4)) {
      case 0 -> {
        boolean _ = a.put(to, inPlace(tx, a, key(source)));
      }
      case 1 -> {
        Object _ = a.read(key(source), segment -> aside.put(to, segment) | a.put(to, segment));
      }
      case 2 -> {
        View view = new View();
        assertThat(a.get(key(source), view)).isTrue();
        boolean _ = a.put(to, view.asSegment());
      }
      default -> {
        int drop = Math.min(value.length, random.nextInt(50));
        boolean _ = a.put(to, inPlace(tx, a, key(source)).asSlice(drop));
        value = Arrays.copyOfRange(value, drop, value.length);
      }
    }
    model.put(target, value);
  }

  @Test
  void appendTakesACopyToo() {
    Database db = open();
    db.update(
        tx -> {
          RawTable t = tx.raw("t");
          for (int i = 0; i < 2000; i++) {
            boolean _ = t.put(key(i), filled(100, i));
          }
          for (int i = 2000; i < 4000; i++) {
            t.append(MemorySegment.ofArray(key(i)), inPlace(tx, t, key(i - 1)));
          }
          assertThat(t.get(key(3999))).isEqualTo(filled(100, 1999));
          MemorySegment found = inPlace(tx, t, key(7));
          assertThat(found.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 7);
        });
  }
}
