package dev.pando.kafka.streams;

import java.util.Objects;
import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.HeadersBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;

/** Makes a key-value store for each task. */
class KeyValueSupplier implements KeyValueBytesStoreSupplier {
  private final String name;
  private final Function<String, KeyValueStore<Bytes, byte[]>> store;

  KeyValueSupplier(String name, Function<String, KeyValueStore<Bytes, byte[]>> store) {
    this.name = Objects.requireNonNull(name, "name cannot be null");
    this.store = store;
  }

  /** Of stores whose values have headers. */
  static final class WithHeaders extends KeyValueSupplier implements HeadersBytesStoreSupplier {
    WithHeaders(String name) {
      super(name, PandoKeyValueStore.WithHeaders::new);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public KeyValueStore<Bytes, byte[]> get() {
    return store.apply(name);
  }

  @Override
  public String metricsScope() {
    return "pando";
  }
}
