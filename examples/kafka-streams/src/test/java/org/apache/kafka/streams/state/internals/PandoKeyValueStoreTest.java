package org.apache.kafka.streams.state.internals;

import dev.pando.kafka.streams.PandoStores;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Nested;

/** Kafka's own tests of key-value stores, for stores in Pando in each caching mode. */
class PandoKeyValueStoreTest {
  abstract static class Mode extends AbstractKeyValueStoreTest {
    private final KeyValueBytesStoreSupplier supplier;
    private final UnaryOperator<StoreBuilder<?>> mode;

    Mode(KeyValueBytesStoreSupplier supplier, UnaryOperator<StoreBuilder<?>> mode) {
      this.supplier = supplier;
      this.mode = mode;
    }

    @Override
    @SuppressWarnings("unchecked") // Kafka's tests choose the serdes
    protected <K, V> KeyValueStore<K, V> createKeyValueStore(StateStoreContext context) {
      KeyValueStore<K, V> store =
          (KeyValueStore<K, V>)
              mode.apply(
                      Stores.keyValueStoreBuilder(
                          supplier, (Serde<K>) context.keySerde(), (Serde<V>) context.valueSerde()))
                  .build();
      store.init(context, store);
      return store;
    }
  }

  @Nested
  class NotCached extends Mode {
    NotCached() {
      super(PandoStores.persistentKeyValueStore("store"), store -> store);
    }
  }

  @Nested
  class Cached extends Mode {
    Cached() {
      super(PandoStores.persistentKeyValueStore("store"), StoreBuilder::withCachingEnabled);
    }
  }

  @Nested
  class Timestamped extends Mode {
    Timestamped() {
      super(PandoStores.persistentTimestampedKeyValueStore("store"), store -> store);
    }
  }
}
