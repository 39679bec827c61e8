package dev.pando.kafka.streams;

import org.apache.kafka.streams.DslStoreFormat;
import org.apache.kafka.streams.state.DslKeyValueParams;
import org.apache.kafka.streams.state.DslSessionParams;
import org.apache.kafka.streams.state.DslStoreSuppliers;
import org.apache.kafka.streams.state.DslWindowParams;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.SessionBytesStoreSupplier;
import org.apache.kafka.streams.state.WindowBytesStoreSupplier;

/**
 * Has the DSL of Kafka Streams keep its stores in Pando, see {@link PandoStores}: set {@code
 * dsl.store.suppliers.class} to this class. Stateless.
 *
 * <p>The exception is the buffer of a join of a stream with a table that has a grace period: Kafka
 * 4.3 keeps it in RocksDB, whatever the setting is.
 */
public final class PandoDslStoreSuppliers implements DslStoreSuppliers {
  /** Called by Kafka Streams. */
  public PandoDslStoreSuppliers() {}

  @Override
  public KeyValueBytesStoreSupplier keyValueStore(DslKeyValueParams params) {
    return switch (params.dslStoreFormat()) {
      case HEADERS -> PandoStores.persistentTimestampedKeyValueStoreWithHeaders(params.name());
      case TIMESTAMPED -> PandoStores.persistentTimestampedKeyValueStore(params.name());
      case PLAIN -> PandoStores.persistentKeyValueStore(params.name());
    };
  }

  @Override
  public WindowBytesStoreSupplier windowStore(DslWindowParams params) {
    DslStoreFormat format = params.dslStoreFormat();
    if (format == DslStoreFormat.HEADERS) {
      return PandoStores.persistentTimestampedWindowStoreWithHeaders(
          params.name(), params.retentionPeriod(), params.windowSize(), params.retainDuplicates());
    }
    if (format == DslStoreFormat.PLAIN) {
      return PandoStores.persistentWindowStore(
          params.name(), params.retentionPeriod(), params.windowSize(), params.retainDuplicates());
    }
    return PandoStores.persistentTimestampedWindowStore(
        params.name(), params.retentionPeriod(), params.windowSize(), params.retainDuplicates());
  }

  @Override
  public SessionBytesStoreSupplier sessionStore(DslSessionParams params) {
    return params.storeFormat() == DslStoreFormat.HEADERS
        ? PandoStores.persistentSessionStoreWithHeaders(params.name(), params.retentionPeriod())
        : PandoStores.persistentSessionStore(params.name(), params.retentionPeriod());
  }
}
