package dev.pando.kafka.streams;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * A process that writes to two stores until it is killed: the value of a key is the number of the
 * write. It commits each store at the number of the newest write, and writes ahead in between.
 */
final class StoreWriter {
  static final int KEYS = 700;
  static final String[] STORES = {"one", "two"};
  private static final int COMMIT_INTERVAL = 997;

  private StoreWriter() {}

  static byte[] number(long value) {
    return ByteBuffer.allocate(8).putLong(value).array();
  }

  static Bytes key(long write) {
    return Bytes.wrap(number(write * 31 % KEYS));
  }

  public static void main(String[] args) {
    OpenStores task = new OpenStores(Path.of(args[0]), 20_000);
    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of two
    KeyValueStore<Bytes, byte[]>[] stores = new KeyValueStore[STORES.length];
    long write = 0;
    for (int i = 0; i < stores.length; i++) {
      stores[i] = task.open(PandoStores.persistentKeyValueStore(STORES[i]).get());
      Long offset = stores[i].committedOffset(OpenStores.CHANGELOG);
      write = offset == null ? 0 : Math.max(write, offset + 1);
    }
    for (long end = write + 100_000_000; write < end; write++) {
      for (KeyValueStore<Bytes, byte[]> store : stores) {
        store.put(key(write), number(write));
      }
      if (write % COMMIT_INTERVAL == 0) {
        for (KeyValueStore<Bytes, byte[]> store : stores) {
          store.commit(OpenStores.at(write));
        }
        System.out.println(write);
      }
    }
  }
}
