package dev.pando.kafka.streams;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.HeadersBytesStoreSupplier;
import org.apache.kafka.streams.state.SessionBytesStoreSupplier;
import org.apache.kafka.streams.state.SessionStore;

/** Makes a store of sessions for each task. */
class SessionSupplier implements SessionBytesStoreSupplier {
  private final String name;
  private final long retention;
  private final Function<SessionSupplier, SessionStore<Bytes, byte[]>> store;

  SessionSupplier(
      String name,
      Duration retentionPeriod,
      Function<SessionSupplier, SessionStore<Bytes, byte[]>> store) {
    this.name = Objects.requireNonNull(name, "name cannot be null");
    this.retention = StoreSettings.millis(retentionPeriod, "retentionPeriod");
    this.store = store;
  }

  /** Of stores whose values have headers. */
  static final class WithHeaders extends SessionSupplier implements HeadersBytesStoreSupplier {
    WithHeaders(String name, Duration retentionPeriod) {
      super(name, retentionPeriod, PandoSessionStore.WithHeaders::new);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public SessionStore<Bytes, byte[]> get() {
    return store.apply(this);
  }

  @Override
  public String metricsScope() {
    return "pando-session";
  }

  @Override
  public long segmentIntervalMs() {
    return StoreSettings.segmentLength(retention);
  }

  @Override
  public long retentionPeriod() {
    return retention;
  }
}
