package org.apache.kafka.streams.state.internals;

import static java.time.Duration.ofMillis;

import dev.pando.kafka.streams.PandoStores;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowBytesStoreSupplier;
import org.apache.kafka.streams.state.WindowStore;
import org.junit.jupiter.api.Nested;

/** Kafka's own tests of stores of windows, for stores in Pando in each caching mode. */
class PandoWindowStoreTest {
  abstract static class Mode extends AbstractWindowBytesStoreTest {
    private final UnaryOperator<StoreBuilder<?>> mode;

    Mode(UnaryOperator<StoreBuilder<?>> mode) {
      this.mode = mode;
    }

    WindowBytesStoreSupplier supplier(long retention, long windowSize, boolean retainDuplicates) {
      return PandoStores.persistentWindowStore(
          "windows", ofMillis(retention), ofMillis(windowSize), retainDuplicates);
    }

    @Override
    @SuppressWarnings("unchecked") // a builder returns itself
    <K, V> WindowStore<K, V> buildWindowStore(
        long retention,
        long windowSize,
        boolean retainDuplicates,
        Serde<K> keySerde,
        Serde<V> valueSerde) {
      return (WindowStore<K, V>)
          mode.apply(
                  Stores.windowStoreBuilder(
                      supplier(retention, windowSize, retainDuplicates), keySerde, valueSerde))
              .build();
    }
  }

  @Nested
  class NotCached extends Mode {
    NotCached() {
      super(store -> store);
    }
  }

  @Nested
  class Cached extends Mode {
    Cached() {
      super(StoreBuilder::withCachingEnabled);
    }

    /** Not run: Kafka's cache needs a context that this test does not give to it. */
    @Override
    public void shouldMeasureExpiredRecords() {}
  }

  @Nested
  class Timestamped extends Mode {
    Timestamped() {
      super(store -> store);
    }

    @Override
    WindowBytesStoreSupplier supplier(long retention, long windowSize, boolean retainDuplicates) {
      return PandoStores.persistentTimestampedWindowStore(
          "windows", ofMillis(retention), ofMillis(windowSize), retainDuplicates);
    }
  }
}
