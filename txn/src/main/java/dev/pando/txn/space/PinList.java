package dev.pando.txn.space;

import java.util.Arrays;
import java.util.function.LongConsumer;

/** Collects pinned snapshots. */
public final class PinList implements LongConsumer {
  private long[] pins = new long[16];
  private int count;

  public void add(long txnId) {
    if (count == pins.length) {
      pins = Arrays.copyOf(pins, 2 * count);
    }
    pins[count++] = txnId;
  }

  @Override
  public void accept(long txnId) {
    add(txnId);
  }

  /**
   * Returns all that is pinned.
   *
   * @param from see {@link Pins#withAllFrom}
   * @param kept see {@link Pins#withKept}
   */
  public Pins toPins(long from, long[] kept) {
    if (from != Long.MAX_VALUE) {
      add(from);
    }
    return Pins.withKept(kept, from, Arrays.copyOf(pins, count));
  }
}
