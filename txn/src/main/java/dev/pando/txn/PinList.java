package dev.pando.txn;

import java.util.Arrays;
import java.util.function.LongConsumer;

/** Collects what is pinned. */
final class PinList implements LongConsumer {
  private long[] pins = new long[16];
  private int count;

  void add(long txnId) {
    if (count == pins.length) {
      pins = Arrays.copyOf(pins, 2 * count);
    }
    pins[count++] = txnId;
  }

  void add(SnapshotEntry entry) {
    add(entry.meta().txnId());
  }

  @Override
  public void accept(long txnId) {
    add(txnId);
  }

  Pins toPins(long from) {
    if (from != Long.MAX_VALUE) {
      add(from);
    }
    return Pins.withAllFrom(from, Arrays.copyOf(pins, count));
  }
}
