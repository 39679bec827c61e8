package dev.pando;

import dev.pando.btree.KeyOrder;
import dev.pando.codec.Codec;
import dev.pando.codec.LeadingBytes;
import dev.pando.codec.Sink;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@link Range} begins and ends.
 *
 * @param <K> the keys
 */
sealed interface Bounds<K> {
  /** The same bounds in the bytes of a codec, for a scan in a direction and with a limit. */
  EncodedRange encode(Codec<? extends K> codec, Sink scratch, boolean reversed, long limit);

  /** Compares keys as tables do: byte by byte, unsigned, and a key before those it begins. */
  static int compare(MemorySegment a, MemorySegment b) {
    return KeyOrder.compare(a, b);
  }

  /**
   * From one key to another; null for no bound on that side.
   *
   * @param <K> the keys
   */
  record Between<K>(
      @Nullable K lower, boolean lowerInclusive, @Nullable K upper, boolean upperInclusive)
      implements Bounds<K> {
    @Override
    public EncodedRange encode(
        Codec<? extends K> codec, Sink scratch, boolean reversed, long limit) {
      MemorySegment from = lower == null ? null : bytes(codec, lower, scratch);
      MemorySegment to = upper == null ? null : bytes(codec, upper, scratch);
      boolean fromFirst = from == null || from.byteSize() == 0; // no key is empty
      return new EncodedRange(
          fromFirst ? null : from,
          fromFirst || lowerInclusive,
          to,
          upperInclusive,
          reversed,
          limit);
    }

    private static MemorySegment bytes(Codec<?> codec, Object key, Sink scratch) {
      scratch.clear();
      LeadingBytes.encode(codec, key, false, scratch);
      return MemorySegment.ofArray(scratch.toArray());
    }

    @Override
    public String toString() {
      return (lower == null ? "(first" : (lowerInclusive ? "[" : "(") + LeadingBytes.show(lower))
          + ", "
          + (upper == null ? "last)" : LeadingBytes.show(upper) + (upperInclusive ? "]" : ")"));
    }
  }

  /**
   * The keys that begin with the given components.
   *
   * @param <K> the keys
   */
  record Leading<K>(List<@Nullable Object> components, boolean lastIsPartial) implements Bounds<K> {
    @Override
    public EncodedRange encode(
        Codec<? extends K> codec, Sink scratch, boolean reversed, long limit) {
      scratch.clear();
      boolean wholeKey = LeadingBytes.encodeAll(codec, components, lastIsPartial, false, scratch);
      byte[] bytes = scratch.toArray();
      MemorySegment lower = bytes.length == 0 ? null : MemorySegment.ofArray(bytes);
      if (wholeKey) {
        return new EncodedRange(lower, true, MemorySegment.ofArray(bytes), true, reversed, limit);
      }
      return new EncodedRange(lower, true, afterAllThatBeginWith(bytes), false, reversed, limit);
    }

    /** The least key greater than all that begin with the given bytes; null if there is none. */
    private static @Nullable MemorySegment afterAllThatBeginWith(byte[] bytes) {
      int last = bytes.length - 1;
      while (last >= 0 && bytes[last] == (byte) 0xFF) {
        last--;
      }
      if (last < 0) {
        return null;
      }
      byte[] next = Arrays.copyOf(bytes, last + 1);
      next[last]++;
      return MemorySegment.ofArray(next);
    }

    @Override
    public String toString() {
      List<String> shown = components.stream().map(LeadingBytes::show).toList();
      return (lastIsPartial ? "startsWith" : "prefix") + shown;
    }
  }
}
