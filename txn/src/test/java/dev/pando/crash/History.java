package dev.pando.crash;

import dev.pando.Entry;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * What a database holds after each of its transactions. A transaction is a step: it notes its
 * number and kind in a log and makes changes that follow from a seed, the number and the kind
 * alone. So whoever knows the seed can tell of any state which step's it is, to the last byte, or
 * that it is none's; nobody has to remember what was written.
 */
final class History {
  /** What a step does. */
  enum Kind {
    /** A few short values are put and deleted. */
    SMALL,
    /** A hundred values of up to 3,000 bytes. */
    GROWING,
    /** Megabytes, with values longer than a page: more than a writer keeps in memory. */
    SPILLED,
    /** Four of five values are deleted, or all. */
    CLEARING
  }

  private static final Table<Long, Long> LOG = Table.of("log", Codec.u64(), Codec.u64());
  private static final Table<Long, byte[]> VALUES = Table.of("values", Codec.u64(), Codec.bytes());
  private static final Kind[] KINDS = Kind.values();
  private static final long FIRST_LARGE = 10_000;

  /** Which step wrote a value, and its length. */
  private record Origin(long step, int length) {}

  private record Change(long key, int length) {}

  private final long seed;

  History(long seed) {
    this.seed = seed;
  }

  /** Makes the next step; returns its number. */
  long write(WriteTxn tx, Kind kind) {
    long step = newest(tx) + 1;
    boolean _ = tx.put(LOG, step, (long) kind.ordinal());
    if (kind == Kind.CLEARING) {
      clear(tx, step);
      return step;
    }
    for (Change change : changes(step, kind)) {
      boolean _ =
          change.length < 0
              ? tx.delete(VALUES, change.key)
              : tx.put(VALUES, change.key, value(step, change.key, change.length));
    }
    return step;
  }

  /** Leaves a state that no step has. */
  static void spoil(WriteTxn tx, int amount) {
    boolean _ = tx.put(LOG, Long.MAX_VALUE / 2, 0L);
    for (long key = 0; key < amount; key++) {
      boolean _ = tx.put(VALUES, key, new byte[3000]);
    }
  }

  private static long newest(ReadTxn tx) {
    Entry<Long, Long> last = tx.last(LOG);
    return last == null ? 0 : last.key();
  }

  /** The step whose state this is; throws if it is no step's. */
  long verify(ReadTxn tx) {
    Map<Long, Origin> expected = new TreeMap<>();
    long steps = 0;
    for (Entry<Long, Long> entry : tx.scan(LOG)) {
      steps++;
      if (entry.key() != steps) {
        throw new AssertionError(tx + ": step " + steps + " is missing, next is " + entry.key());
      }
      replay(expected, steps, KINDS[Math.toIntExact(entry.value())]);
    }
    long found = 0;
    for (Entry<Long, byte[]> entry : tx.scan(VALUES)) {
      found++;
      compare(steps, entry.key(), entry.value(), expected.get(entry.key()));
    }
    if (found != expected.size() || tx.count(VALUES) != found || tx.count(LOG) != steps) {
      throw new AssertionError(
          "step " + steps + ": " + found + " values, expected " + expected.size());
    }
    return steps;
  }

  private void compare(long state, long key, byte[] found, Origin expected) {
    if (expected == null || !Arrays.equals(found, value(expected.step, key, expected.length))) {
      throw new AssertionError("step " + state + ", key " + key + ": not of " + expected);
    }
  }

  private void replay(Map<Long, Origin> state, long step, Kind kind) {
    if (kind == Kind.CLEARING) {
      boolean _ = state.keySet().removeIf(key -> isCleared(step, key));
      return;
    }
    for (Change change : changes(step, kind)) {
      Origin _ =
          change.length < 0
              ? state.remove(change.key)
              : state.put(change.key, new Origin(step, change.length));
    }
  }

  private static boolean isCleared(long step, long key) {
    return step % 4 == 0 || key % 5 != step % 5;
  }

  private static void clear(WriteTxn tx, long step) {
    if (step % 4 == 0) {
      tx.clear(VALUES);
      return;
    }
    List<Long> keys = new ArrayList<>();
    for (Entry<Long, byte[]> entry : tx.scan(VALUES)) {
      keys.add(entry.key());
    }
    for (long key : keys) {
      boolean _ = isCleared(step, key) && tx.delete(VALUES, key);
    }
  }

  private List<Change> changes(long step, Kind kind) {
    Random random = new Random(mix(seed + step));
    List<Change> changes = new ArrayList<>();
    switch (kind) {
      case SMALL -> add(changes, random, 1 + random.nextInt(6), 300, 200);
      case GROWING -> add(changes, random, 20 + random.nextInt(130), 2000, 3000);
      case SPILLED -> {
        add(changes, random, 100 + random.nextInt(300), 2000, 3000);
        for (int i = random.nextInt(3); i > 0; i--) {
          long key = FIRST_LARGE + random.nextInt(8);
          changes.add(new Change(key, 10_000 + random.nextInt(400_000)));
        }
      }
      case CLEARING -> throw new IllegalArgumentException("depends on what is there");
    }
    return changes;
  }

  private static void add(List<Change> changes, Random random, int count, int keys, int length) {
    for (int i = 0; i < count; i++) {
      long key = random.nextInt(keys);
      changes.add(new Change(key, random.nextInt(5) == 0 ? -1 : random.nextInt(length)));
    }
  }

  private byte[] value(long step, long key, int length) {
    ByteBuffer value = ByteBuffer.allocate(length + Long.BYTES);
    long word = mix(seed ^ mix(step) ^ mix(~key));
    for (int at = 0; at < length; at += Long.BYTES) {
      ByteBuffer _ = value.putLong(at, word);
      word = word * 0x5851f42d4c957f2dL + 0x14057b7ef767814fL;
    }
    return Arrays.copyOf(value.array(), length);
  }

  private static long mix(long z) {
    long a = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
    long b = (a ^ (a >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return b ^ (b >>> 33);
  }
}
