package dev.pando;

import dev.pando.btree.KeyOrder;
import dev.pando.codec.Codec;
import dev.pando.codec.LeadingBytes;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;
import dev.pando.codec.Tuple2;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@link Range} begins and ends.
 *
 * @param <K> the keys
 */
sealed interface Bounds<K> {
  /** The same bounds in the bytes of a codec, for a scan in a direction, with a limit. */
  EncodedRange encode(
      Codec<? extends K> codec, Sink scratch, boolean reversed, long skip, long limit);

  /** Compares keys as tables do: byte by byte, unsigned, and a key before those it begins. */
  static int compare(MemorySegment a, MemorySegment b) {
    return KeyOrder.compare(a, b);
  }

  /** The least key greater than all that begin with the given bytes; null if there is none. */
  static @Nullable MemorySegment afterAllThatBeginWith(byte[] bytes) {
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
        Codec<? extends K> codec, Sink scratch, boolean reversed, long skip, long limit) {
      MemorySegment from = lower == null ? null : bytes(codec, lower, scratch);
      MemorySegment to = upper == null ? null : bytes(codec, upper, scratch);
      return new EncodedRange(
          from, from == null || lowerInclusive, to, upperInclusive, reversed, skip, limit);
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

  /** As {@link LeadingBytes#encodeAll}, also for keys that are the first of a pair. */
  private static boolean leading(
      Codec<?> codec, List<@Nullable Object> components, boolean lastIsPartial, Sink sink) {
    return codec instanceof OfFirst.Nested<?> nested
        ? LeadingBytes.encodeAll(nested.codec(), components, lastIsPartial, true, sink)
        : LeadingBytes.encodeAll(codec, components, lastIsPartial, false, sink);
  }

  /**
   * The keys that begin with the given components.
   *
   * @param <K> the keys
   */
  record Leading<K>(List<@Nullable Object> components, boolean lastIsPartial) implements Bounds<K> {
    @Override
    public EncodedRange encode(
        Codec<? extends K> codec, Sink scratch, boolean reversed, long skip, long limit) {
      scratch.clear();
      boolean wholeKey = leading(codec, components, lastIsPartial, scratch);
      byte[] bytes = scratch.toArray();
      MemorySegment lower = bytes.length == 0 ? null : MemorySegment.ofArray(bytes);
      if (wholeKey) {
        return new EncodedRange(
            lower, true, MemorySegment.ofArray(bytes), true, reversed, skip, limit);
      }
      return new EncodedRange(
          lower, true, afterAllThatBeginWith(bytes), false, reversed, skip, limit);
    }

    @Override
    public String toString() {
      List<String> shown = components.stream().map(LeadingBytes::show).toList();
      return (lastIsPartial ? "startsWith" : "prefix") + shown;
    }
  }

  /**
   * The keys that begin with the given components, and whose next component is at least {@code
   * from} and less than {@code to}.
   *
   * @param <K> the keys
   */
  record NextBetween<K>(List<@Nullable Object> components, Object from, Object to)
      implements Bounds<K> {
    @Override
    public EncodedRange encode(
        Codec<? extends K> codec, Sink scratch, boolean reversed, long skip, long limit) {
      return new EncodedRange(
          bytes(codec, from, scratch),
          true,
          bytes(codec, to, scratch),
          false,
          reversed,
          skip,
          limit);
    }

    private MemorySegment bytes(Codec<?> codec, Object next, Sink scratch) {
      List<@Nullable Object> all = new ArrayList<>(components);
      all.add(next);
      scratch.clear();
      boolean _ = leading(codec, all, false, scratch);
      return MemorySegment.ofArray(scratch.toArray());
    }

    @Override
    public String toString() {
      return "prefix"
          + components.stream().map(LeadingBytes::show).toList()
          + ".between["
          + LeadingBytes.show(from)
          + ", "
          + LeadingBytes.show(to)
          + ")";
    }
  }

  /**
   * The keys that belong to two ranges.
   *
   * @param <K> the keys
   */
  record Both<K>(Bounds<K> one, Bounds<? super K> other) implements Bounds<K> {
    @Override
    public EncodedRange encode(
        Codec<? extends K> codec, Sink scratch, boolean reversed, long skip, long limit) {
      EncodedRange first = one.encode(codec, scratch, reversed, skip, limit);
      return first.intersect(other.encode(codec, scratch, reversed, skip, limit));
    }

    @Override
    public String toString() {
      return one + " and " + other;
    }
  }

  /**
   * The pairs of a key whose values have these bounds.
   *
   * @param <A> the keys
   * @param <B> the values
   */
  record Under<A, B>(Codec<A> keys, A key, Codec<B> values, Bounds<? super B> bounds)
      implements Bounds<Tuple2<A, B>> {
    @Override
    public EncodedRange encode(
        Codec<? extends Tuple2<A, B>> codec,
        Sink scratch,
        boolean reversed,
        long skip,
        long limit) {
      boolean isNested = codec instanceof OfFirst.Nested<?>; // something follows the values
      Codec<B> ends = isNested ? new OfFirst.Nested<>(values) : values;
      EncodedRange inner = bounds.encode(ends, scratch, reversed, skip, limit);
      scratch.clear();
      LeadingBytes.encode(keys, key, true, scratch);
      byte[] start = scratch.toArray();
      MemorySegment lower = inner.lower();
      MemorySegment upper = inner.upper();
      return new EncodedRange(
          lower == null ? MemorySegment.ofArray(start) : joined(start, lower),
          lower == null || inner.lowerInclusive(),
          upper == null ? afterAllThatBeginWith(start) : joined(start, upper),
          upper != null && inner.upperInclusive(),
          reversed,
          skip,
          limit);
    }

    private static MemorySegment joined(byte[] start, MemorySegment end) {
      byte[] both = Arrays.copyOf(start, start.length + (int) end.byteSize());
      MemorySegment.copy(
          end, ValueLayout.JAVA_BYTE, 0, both, start.length, both.length - start.length);
      return MemorySegment.ofArray(both);
    }

    @Override
    public String toString() {
      return bounds + " of key " + LeadingBytes.show(key);
    }
  }

  /**
   * All values of one key of a multimap, as keys of its table.
   *
   * @param <V> the values
   */
  record OfKey<V>(ValueInPair<?, V> values) implements Bounds<V> {
    @Override
    public EncodedRange encode(
        Codec<? extends V> codec, Sink scratch, boolean reversed, long skip, long limit) {
      byte[] start = values.start();
      MemorySegment end = afterAllThatBeginWith(start);
      return new EncodedRange(
          MemorySegment.ofArray(start), true, end, false, reversed, skip, limit);
    }

    @Override
    public String toString() {
      return "the values of key " + LeadingBytes.show(values.key());
    }
  }

  /**
   * The pairs whose keys have these bounds.
   *
   * @param <A> the keys
   * @param <B> the values
   */
  record OfFirst<A, B>(Codec<A> keys, Bounds<? super A> bounds) implements Bounds<Tuple2<A, B>> {
    @Override
    public EncodedRange encode(
        Codec<? extends Tuple2<A, B>> codec,
        Sink scratch,
        boolean reversed,
        long skip,
        long limit) {
      EncodedRange inner = bounds.encode(new Nested<>(keys), scratch, reversed, skip, limit);
      MemorySegment lower = inner.lower();
      MemorySegment upper = inner.upper();
      if (lower != null && !inner.lowerInclusive()) {
        lower = afterAllThatBeginWith(lower.toArray(ValueLayout.JAVA_BYTE));
        if (lower == null) { // no key is greater
          return new EncodedRange(null, true, null, true, reversed, 0, 0);
        }
      }
      if (upper != null && inner.upperInclusive()) {
        upper = afterAllThatBeginWith(upper.toArray(ValueLayout.JAVA_BYTE));
      }
      return new EncodedRange(lower, true, upper, false, reversed, skip, limit);
    }

    @Override
    public String toString() {
      return bounds + " of keys";
    }

    /** Keys as their pairs begin with them. */
    private record Nested<A>(Codec<A> codec) implements Codec<A> {
      @Override
      public String id() {
        return codec.id();
      }

      @Override
      public void encode(A key, Sink sink) {
        codec.encodeNested(key, sink);
      }

      @Override
      public A decode(Source source) {
        return codec.decodeNested(source);
      }
    }
  }

  /**
   * The keys that are greater than one, or less.
   *
   * @param <K> the keys
   */
  record After<K>(Bounds<K> whole, K last, boolean backward) implements Bounds<K> {
    @Override
    public EncodedRange encode(
        Codec<? extends K> codec, Sink scratch, boolean reversed, long skip, long limit) {
      Bounds<K> rest =
          backward
              ? new Between<>(null, true, last, false)
              : new Between<>(last, false, null, true);
      return new Both<>(whole, rest).encode(codec, scratch, reversed, skip, limit);
    }

    @Override
    public String toString() {
      return whole + (backward ? " before " : " after ") + LeadingBytes.show(last);
    }
  }
}
