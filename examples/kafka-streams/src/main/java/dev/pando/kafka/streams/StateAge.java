package dev.pando.kafka.streams;

import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.WriteTxn;
import java.nio.ByteBuffer;

/**
 * The time of a store's committed state: all changelog records that follow its offset are newer. It
 * is committed with the offset. A changelog keeps the record of a deletion for a day by default, so
 * an older state cannot be continued: it may have keys whose deletion the changelog has no more.
 *
 * <p>Used by the thread that writes the store.
 */
final class StateAge {
  private static final String NOTE = "commit time";

  /** In milliseconds since 1970; 0 if the file says nothing. */
  private long time;

  /** Of a store that is opened. Without an offset, all is restored from now on. */
  void read(ReadTxn tx, Table<String, byte[]> notes, boolean hasOffset) {
    byte[] note = tx.get(notes, NOTE);
    if (!hasOffset) {
      renew();
    } else {
      time = note == null ? 0 : ByteBuffer.wrap(note).getLong();
    }
  }

  /** Whether the state is older than so many milliseconds, or of a time that is still to come. */
  boolean exceeds(long millis) {
    long age = System.currentTimeMillis() - time;
    return age > millis || age < -millis;
  }

  /** The state has all that the changelog has. */
  void renew() {
    time = System.currentTimeMillis();
  }

  void write(WriteTxn tx, Table<String, byte[]> notes) {
    tx.put(notes, NOTE, ByteBuffer.allocate(Long.BYTES).putLong(0, time).array());
  }
}
