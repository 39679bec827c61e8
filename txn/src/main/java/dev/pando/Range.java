package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.codec.Sink;
import dev.pando.codec.Tuple2;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which keys of a table a scan visits, in which direction, from which of them on, and how many.
 * Bounds are in the order of the table: with a descending codec, the larger key is the lower bound.
 * A range whose lower bound is greater than its upper bound is empty, not an error.
 *
 * {@snippet :
 * Range.closedOpen(1L, 100L)                     // 1 to 99
 * Range.atLeast(now).limit(20)                   // the next twenty
 * Range.atLeast(now).skip(20).limit(20)          // those after them
 * Range.<Long>all().reversed().limit(1)          // the last one
 * Range.prefix("JP")                             // of (country, name, id): all of Japan
 * Range.startsWith("JP", "Os")                   // of (country, name, id): Osaka, Oshu, ...
 * Range.startsWith("San Fr")                     // of names: San Francisco, San Fratello, ...
 * Range.prefix("JP").between("M", "O")           // of (country, name, id): Maebashi to Niigata
 * Range.prefix("JP").after(last).limit(20)       // the next page, which never leaves Japan
 * }
 *
 * <p>Immutable and safe for use by many threads.
 *
 * @param <K> the keys
 */
public final class Range<K> {
  private final Bounds<K> bounds;
  private final boolean reversed;
  private final long skip;
  private final long limit;

  private Range(Bounds<K> bounds, boolean reversed, long skip, long limit) {
    this.bounds = bounds;
    this.reversed = reversed;
    this.skip = skip;
    this.limit = limit;
  }

  /** All keys of some bounds. */
  private Range(Bounds<K> bounds) {
    this(bounds, false, 0, Long.MAX_VALUE);
  }

  /** From one key to another; null for no bound on that side. */
  static <K> Range<K> between(
      @Nullable K lower, boolean lowerInclusive, @Nullable K upper, boolean upperInclusive) {
    return new Range<>(new Bounds.Between<>(lower, lowerInclusive, upper, upperInclusive));
  }

  /** Every key. */
  public static <K> Range<K> all() {
    return between(null, true, null, true);
  }

  /** Keys from {@code lower} to {@code upper}, both included. */
  public static <K> Range<K> closed(K lower, K upper) {
    return between(bound(lower), true, bound(upper), true);
  }

  /** Keys from {@code lower}, included, to {@code upper}, excluded. */
  public static <K> Range<K> closedOpen(K lower, K upper) {
    return between(bound(lower), true, bound(upper), false);
  }

  /** Keys between {@code lower} and {@code upper}, both excluded. */
  public static <K> Range<K> open(K lower, K upper) {
    return between(bound(lower), false, bound(upper), false);
  }

  /** Keys from {@code lower}, excluded, to {@code upper}, included. */
  public static <K> Range<K> openClosed(K lower, K upper) {
    return between(bound(lower), false, bound(upper), true);
  }

  /** Keys equal to or greater than {@code lower}. */
  public static <K> Range<K> atLeast(K lower) {
    return between(bound(lower), true, null, true);
  }

  /** Keys greater than {@code lower}. */
  public static <K> Range<K> greaterThan(K lower) {
    return between(bound(lower), false, null, true);
  }

  /** Keys equal to or less than {@code upper}. */
  public static <K> Range<K> atMost(K upper) {
    return between(null, true, bound(upper), true);
  }

  /** Keys less than {@code upper}. */
  public static <K> Range<K> lessThan(K upper) {
    return between(null, true, bound(upper), false);
  }

  /** One key. */
  public static <K> Range<K> only(K key) {
    return closed(key, key);
  }

  /**
   * Keys whose leading components equal the given ones. For keys that are tuples or records, the
   * arguments are their first components, in order. For keys that are strings or arrays of bytes,
   * the only argument is their beginning. A component that is itself a tuple or a record is given
   * as one argument.
   *
   * @param first the first component; null only where its codec is nullable
   * @param more the components after it, at most as many as the keys have
   */
  public static <K> Range<K> prefix(@Nullable Object first, @Nullable Object... more) {
    return leading(first, more, false);
  }

  /**
   * As {@link #prefix}, except that the last given component, a string or an array of bytes, need
   * only be the beginning of the key's component.
   *
   * @param first the first component, or its beginning if there are no {@code more}
   * @param more the components after it; the last one may be a beginning
   */
  public static <K> Range<K> startsWith(@Nullable Object first, @Nullable Object... more) {
    return leading(first, more, true);
  }

  private static <K> Range<K> leading(
      @Nullable Object first, @Nullable Object[] more, boolean lastIsPartial) {
    Objects.requireNonNull(
        more,
        "the array of components is null; for one component that is null write (Object) null");
    List<@Nullable Object> components = new ArrayList<>();
    components.add(first);
    for (Object component : more) {
      components.add(component);
    }
    return new Range<>(
        new Bounds.Leading<>(Collections.unmodifiableList(components), lastIsPartial));
  }

  /**
   * The keys of this {@link #prefix} whose next component is at least {@code from} and less than
   * {@code to}.
   *
   * @throws IllegalStateException if this is no prefix of whole components
   */
  public Range<K> between(Object from, Object to) {
    if (!(bounds instanceof Bounds.Leading<K> leading) || leading.lastIsPartial()) {
      throw new IllegalStateException(
          "between is for the component after those of a prefix, and this is " + this);
    }
    Objects.requireNonNull(from, "a bound of a range is null");
    Objects.requireNonNull(to, "a bound of a range is null");
    return with(new Bounds.NextBetween<>(leading.components(), from, to));
  }

  /**
   * The keys of this range that come after a key in the range's direction: the next page of
   * results. It never leaves this range, whatever the key, and skips nothing. Called for the result
   * of such a call in the same direction, it takes that one's place.
   *
   * @param last the last key of the page before
   */
  public Range<K> after(K last) {
    boolean again = bounds instanceof Bounds.After<K> before && before.backward() == reversed;
    Bounds<K> whole = again ? ((Bounds.After<K>) bounds).whole() : bounds;
    return new Range<>(new Bounds.After<>(whole, bound(last), reversed), reversed, 0, limit);
  }

  /**
   * The keys that belong to both ranges. Direction, {@link #skip} and {@link #limit} are this
   * range's.
   *
   * @throws IllegalArgumentException if the other range has a limit, or skips keys: its keys are
   *     known only when it is read
   */
  public Range<K> intersect(Range<? super K> other) {
    if (other.skip != 0 || other.limit != Long.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a range with a limit, or that skips keys, cannot be intersected: " + other);
    }
    return with(new Bounds.Both<>(bounds, other.bounds));
  }

  /** The pairs of a key whose values are in this range, in its direction. */
  <A, B extends K> Range<Tuple2<A, B>> under(Codec<A> keys, A key, Codec<B> values) {
    return new Range<>(new Bounds.Under<A, B>(keys, key, values, bounds), reversed, skip, limit);
  }

  /** The pairs whose keys are in this range, in its direction; its skip and limit count pairs. */
  <A extends K, B> Range<Tuple2<A, B>> ofFirst(Codec<A> keys) {
    return new Range<>(new Bounds.OfFirst<A, B>(keys, bounds), reversed, skip, limit);
  }

  /** All values of a key of a multimap, as keys of its table. */
  static <V> Range<V> of(ValueInPair<?, V> values) {
    return new Range<>(new Bounds.OfKey<>(values));
  }

  private Range<K> with(Bounds<K> others) {
    return new Range<>(others, reversed, skip, limit);
  }

  private static <K> K bound(K key) {
    return Objects.requireNonNull(key, "a bound of a range is null");
  }

  /** The same keys in the opposite direction. */
  public Range<K> reversed() {
    return new Range<>(bounds, !reversed, skip, limit);
  }

  /**
   * The same keys, but no more than the first {@code maxEntries} of them in the range's direction.
   *
   * @param maxEntries 0 or more
   */
  public Range<K> limit(long maxEntries) {
    if (maxEntries < 0) {
      throw new IllegalArgumentException("limit=" + maxEntries + ", allowed 0 or more");
    }
    return new Range<>(bounds, reversed, skip, maxEntries);
  }

  /**
   * The same keys without the first ones in the range's direction, of whose pages little is read.
   * The {@link #limit} counts the keys after them. Where the last key of the page before is known,
   * {@link #after} costs less.
   *
   * @param entries 0 or more
   */
  public Range<K> skip(long entries) {
    if (entries < 0) {
      throw new IllegalArgumentException("skip=" + entries + ", allowed 0 or more");
    }
    return new Range<>(bounds, reversed, entries, limit);
  }

  /**
   * The range in bytes. Scans take a {@code Range<? super K>}, so that {@code
   * Range.all().reversed()} and {@code Range.prefix("JP").limit(10)}, in which the compiler has no
   * key type to infer, are ranges of every table.
   *
   * @param scratch what the bounds are encoded in; the result does not refer to it
   * @throws IllegalArgumentException if a bound or a component is not of the codec's type
   */
  EncodedRange encode(Codec<? extends K> codec, Sink scratch) {
    return bounds.encode(codec, scratch, reversed, skip, limit);
  }

  /** As {@link #encode(Codec, Sink)} with memory of its own. */
  EncodedRange encode(Codec<? extends K> codec) {
    return encode(codec, new Sink());
  }

  /** The bounds, the direction and the limit in words. */
  @Override
  public String toString() {
    return bounds
        + (reversed ? " reversed" : "")
        + (skip == 0 ? "" : " skip " + skip)
        + (limit == Long.MAX_VALUE ? "" : " limit " + limit);
  }
}
