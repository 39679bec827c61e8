package dev.pando.kafka.streams;

import java.time.Duration;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.SessionBytesStoreSupplier;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.VersionedBytesStoreSupplier;
import org.apache.kafka.streams.state.WindowBytesStoreSupplier;

/**
 * Persistent state stores in Pando, in place of those in RocksDB that {@link Stores} makes: each
 * method takes the parameters of the method of {@code Stores} with its name. What they return goes
 * into the builders of {@code Stores} or into {@code Materialized.as}. {@link
 * PandoDslStoreSuppliers} has the DSL use them everywhere.
 *
 * <p>The stores of a task share one file, {@code pando/task.pando} in the task's directory. A
 * commit of a store writes its changes, its changelog offset and its position at once. A process
 * that is killed therefore finds each store as it was at an offset, and reads the changelog from
 * there, unless the state is too old, see {@link #RESTORE_MAX_AGE_CONFIG}. Commits do not wait for
 * the disk: a crash of the system may lose the newest ones, which the changelog has.
 *
 * <p>The suppliers are immutable and thread-safe. A store is written by one thread at a time, as
 * Kafka Streams does. Interactive queries of other threads see each write at once, as those of
 * RocksDB do. An iterator shows its moment, whatever is written or committed later; close it, or
 * its pages stay in the file.
 *
 * <p>A key, with what Kafka and this module add, is at most {@link dev.pando.RawTable#maxKey} bytes
 * long: about half a page of 4 KiB. A longer one is refused with a {@code ProcessorStateException}.
 */
public final class PandoStores {
  /**
   * Setting of the application: how many bytes of changes a store may collect on the heap before it
   * writes them to its file ahead of the commit, 1 or more, 16777216 by default.
   */
  public static final String UNCOMMITTED_MAX_BYTES_CONFIG = "pando.uncommitted.max.bytes";

  /**
   * Setting of the application: how old a store's last commit may be, in milliseconds, for the
   * store to be restored from there; 43200000 (12 hours) by default. With exactly-once, an older
   * state is deleted and restored from the beginning of its changelog, because a compacted topic
   * keeps the record of a deletion for {@code delete.retention.ms} only, which is 24 hours by
   * default: set it to half of that time, or less.
   */
  public static final String RESTORE_MAX_AGE_CONFIG = "pando.restore.max.age.ms";

  private PandoStores() {}

  /** As {@link Stores#persistentKeyValueStore}. */
  public static KeyValueBytesStoreSupplier persistentKeyValueStore(String name) {
    return new KeyValueSupplier(name, PandoKeyValueStore::new);
  }

  /** As {@link Stores#persistentTimestampedKeyValueStore}. */
  public static KeyValueBytesStoreSupplier persistentTimestampedKeyValueStore(String name) {
    return new KeyValueSupplier(name, PandoKeyValueStore.Timestamped::new);
  }

  /** As {@link Stores#persistentTimestampedKeyValueStoreWithHeaders}. */
  public static KeyValueBytesStoreSupplier persistentTimestampedKeyValueStoreWithHeaders(
      String name) {
    return new KeyValueSupplier.WithHeaders(name);
  }

  /** As {@link Stores#persistentVersionedKeyValueStore(String, Duration)}. */
  public static VersionedBytesStoreSupplier persistentVersionedKeyValueStore(
      String name, Duration historyRetention) {
    return VersionedSupplier.of(name, historyRetention);
  }

  /**
   * As {@link Stores#persistentVersionedKeyValueStore(String, Duration, Duration)}. Versions expire
   * one by one, so the segment interval is checked and changes nothing.
   */
  public static VersionedBytesStoreSupplier persistentVersionedKeyValueStore(
      String name, Duration historyRetention, Duration segmentInterval) {
    if (StoreSettings.millis(segmentInterval, "segmentInterval") < 1) {
      throw new IllegalArgumentException("segmentInterval cannot be zero or negative");
    }
    return VersionedSupplier.of(name, historyRetention);
  }

  /** As {@link Stores#persistentWindowStore}. */
  public static WindowBytesStoreSupplier persistentWindowStore(
      String name, Duration retentionPeriod, Duration windowSize, boolean retainDuplicates) {
    return new WindowSupplier(
        name, retentionPeriod, windowSize, retainDuplicates, PandoWindowStore::new);
  }

  /** As {@link Stores#persistentTimestampedWindowStore}. */
  public static WindowBytesStoreSupplier persistentTimestampedWindowStore(
      String name, Duration retentionPeriod, Duration windowSize, boolean retainDuplicates) {
    return new WindowSupplier(
        name, retentionPeriod, windowSize, retainDuplicates, PandoWindowStore.Timestamped::new);
  }

  /** As {@link Stores#persistentTimestampedWindowStoreWithHeaders}. */
  public static WindowBytesStoreSupplier persistentTimestampedWindowStoreWithHeaders(
      String name, Duration retentionPeriod, Duration windowSize, boolean retainDuplicates) {
    return new WindowSupplier.WithHeaders(name, retentionPeriod, windowSize, retainDuplicates);
  }

  /** As {@link Stores#persistentSessionStore}. */
  public static SessionBytesStoreSupplier persistentSessionStore(
      String name, Duration retentionPeriod) {
    return new SessionSupplier(name, retentionPeriod, PandoSessionStore::new);
  }

  /** As {@link Stores#persistentSessionStoreWithHeaders}. */
  public static SessionBytesStoreSupplier persistentSessionStoreWithHeaders(
      String name, Duration retentionPeriod) {
    return new SessionSupplier.WithHeaders(name, retentionPeriod);
  }
}
