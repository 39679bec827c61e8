package dev.pando.kafka.streams;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.HeadersBytesStoreSupplier;
import org.apache.kafka.streams.state.WindowBytesStoreSupplier;
import org.apache.kafka.streams.state.WindowStore;

/** Makes a store of windows for each task. */
class WindowSupplier implements WindowBytesStoreSupplier {
  private final String name;
  private final long retention;
  private final long windowSize;
  private final boolean retainDuplicates;
  private final Function<WindowSupplier, WindowStore<Bytes, byte[]>> store;

  WindowSupplier(
      String name,
      Duration retentionPeriod,
      Duration windowSize,
      boolean retainDuplicates,
      Function<WindowSupplier, WindowStore<Bytes, byte[]>> store) {
    this.name = Objects.requireNonNull(name, "name cannot be null");
    this.retention = StoreSettings.millis(retentionPeriod, "retentionPeriod");
    this.windowSize = StoreSettings.millis(windowSize, "windowSize");
    this.retainDuplicates = retainDuplicates;
    this.store = store;
    if (this.windowSize > retention) {
      throw new IllegalArgumentException(
          "The retention period of the window store "
              + name
              + " must be no smaller than its window size. Got size=["
              + windowSize
              + "], retention=["
              + retentionPeriod
              + "]");
    }
  }

  /** Of stores whose values have headers. */
  static final class WithHeaders extends WindowSupplier implements HeadersBytesStoreSupplier {
    WithHeaders(
        String name, Duration retentionPeriod, Duration windowSize, boolean retainDuplicates) {
      super(name, retentionPeriod, windowSize, retainDuplicates, PandoWindowStore.WithHeaders::new);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public WindowStore<Bytes, byte[]> get() {
    return store.apply(this);
  }

  @Override
  public String metricsScope() {
    return "pando-window";
  }

  @Override
  public long segmentIntervalMs() {
    return StoreSettings.segmentLength(retention);
  }

  @Override
  public long windowSize() {
    return windowSize;
  }

  @Override
  public boolean retainDuplicates() {
    return retainDuplicates;
  }

  @Override
  public long retentionPeriod() {
    return retention;
  }
}
