package org.lmdbjava;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * How the entries of a table become bytes of Pando. A table with one value a key has them as they
 * are, except for the {@linkplain ByteForm form} of keys. One with many values has pairs, in the
 * form of Pando's multimap of bytes: the key with 0x00 as 0x00 0xFF, then 0x00 0x00, then the
 * value.
 *
 * @param keys how keys are stored
 * @param values how values are stored, in a table of pairs
 * @param pairs whether a key has many values
 */
record EntryForm(ByteForm keys, ByteForm values, boolean pairs) {
  private static final int END = 2;

  /** Of a kind of table, whose keys are ordered by its flags. */
  static EntryForm of(int flags) {
    ByteForm keys =
        has(flags, DbiFlags.MDB_REVERSEKEY)
            ? ByteForm.REVERSED
            : has(flags, DbiFlags.MDB_INTEGERKEY) ? ByteForm.ofNumbers() : ByteForm.PLAIN;
    ByteForm values =
        has(flags, DbiFlags.MDB_INTEGERDUP)
            ? ByteForm.ofNumbers()
            : has(flags, DbiFlags.MDB_REVERSEDUP) ? ByteForm.REVERSED : ByteForm.PLAIN;
    return new EntryForm(keys, values, has(flags, DbiFlags.MDB_DUPSORT));
  }

  private static boolean has(int flags, DbiFlags flag) {
    return MaskedFlag.isSet(flags, flag);
  }

  EntryForm withKeys(ByteForm form) {
    return new EntryForm(form, values, pairs);
  }

  /** A key of a table with one value a key. */
  MemorySegment key(MemorySegment key) {
    return keys == ByteForm.PLAIN ? key : MemorySegment.ofArray(keys.convert(key));
  }

  /** How all pairs of a key begin. */
  byte[] group(MemorySegment key) {
    return pair(key, MemorySegment.NULL);
  }

  /** A key and a value. */
  byte[] pair(MemorySegment key, MemorySegment value) {
    byte[] plainKey = keys.convert(key);
    byte[] plainValue = values.convert(value);
    int zeros = 0;
    for (byte each : plainKey) {
      zeros += each == 0 ? 1 : 0;
    }
    int length = plainKey.length + zeros;
    byte[] pair = new byte[length + END + plainValue.length];
    int to = 0;
    for (byte each : plainKey) {
      pair[to++] = each;
      if (each == 0) {
        pair[to++] = (byte) 0xFF;
      }
    }
    System.arraycopy(plainValue, 0, pair, length + END, plainValue.length);
    return pair;
  }

  /** The least bytes that are greater than all pairs of a key. */
  static byte[] afterGroup(byte[] group) {
    byte[] after = group.clone();
    after[after.length - 1] = 1;
    return after;
  }

  /** How many bytes of a pair are its key, with the end of it. */
  static int groupLength(MemorySegment pair) {
    int at = 0;
    while (pair.get(JAVA_BYTE, at) != 0 || pair.get(JAVA_BYTE, at + 1) != 0) {
      at += pair.get(JAVA_BYTE, at) == 0 ? 2 : 1;
    }
    return at + END;
  }

  /** The key of what is stored. */
  ByteBuffer keyOf(MemorySegment stored) {
    MemorySegment key = pairs ? unescaped(stored.asSlice(0, groupLength(stored) - END)) : stored;
    return shown(keys, key);
  }

  /** The value of a pair. */
  ByteBuffer valueOf(MemorySegment pair) {
    return shown(values, pair.asSlice(groupLength(pair)));
  }

  private static ByteBuffer shown(ByteForm form, MemorySegment bytes) {
    return form == ByteForm.PLAIN
        ? bytes.asByteBuffer()
        : ByteBuffer.wrap(form.convert(bytes)).asReadOnlyBuffer();
  }

  /** The key of a beginning of pairs, as it is stored. */
  static byte[] keyBytes(byte[] group) {
    MemorySegment escaped = MemorySegment.ofArray(group).asSlice(0, group.length - END);
    return unescaped(escaped).toArray(JAVA_BYTE);
  }

  private static MemorySegment unescaped(MemorySegment escaped) {
    byte[] all = escaped.toArray(JAVA_BYTE);
    int to = 0;
    for (int from = 0; from < all.length; from += all[from] == 0 ? 2 : 1) {
      all[to++] = all[from];
    }
    return to == all.length ? escaped : MemorySegment.ofArray(Arrays.copyOf(all, to)).asReadOnly();
  }
}
