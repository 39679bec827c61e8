package dev.pando.kafka.streams;

import java.time.Duration;
import java.util.Objects;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.VersionedBytesStoreSupplier;
import org.apache.kafka.streams.state.internals.VersionedKeyValueToBytesStoreAdapter;

/** Makes a versioned store for each task. */
record VersionedSupplier(String name, long historyRetentionMs)
    implements VersionedBytesStoreSupplier {
  static VersionedSupplier of(String name, Duration historyRetention) {
    Objects.requireNonNull(name, "name cannot be null");
    return new VersionedSupplier(name, StoreSettings.millis(historyRetention, "historyRetention"));
  }

  @Override
  public KeyValueStore<Bytes, byte[]> get() {
    return new VersionedKeyValueToBytesStoreAdapter(
        new PandoVersionedStore(name, historyRetentionMs));
  }

  @Override
  public String metricsScope() {
    return "pando";
  }
}
