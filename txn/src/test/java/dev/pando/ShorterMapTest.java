package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.txn.readers.SlotLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The newest commit gets a shorter map, because the file is about to be cut. */
class ShorterMapTest extends DatabaseTestBase {
  private final HookedStorage locks = new HookedStorage();

  /**
   * A reader that had looked the newest commit up, but not yet pinned it, did not notice that the
   * commit got a shorter map meanwhile, and read through the one that was gone.
   */
  @Test
  void whileAReaderBegins() throws Exception {
    Database db = open(Options.defaults().withStorage(locks.files()));
    makeEndFree(db);
    List<ReadTxn> all = new ArrayList<>();
    for (int i = 0; i < SlotLayout.SLOTS_PER_BLOCK; i++) {
      all.add(db.beginRead());
    }
    CountDownLatch looked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    locks.beforeLockSize = // the reader needs a new block
        () -> {
          locks.beforeLockSize = () -> {};
          looked.countDown();
          await(go);
        };
    AtomicReference<Object> found = new AtomicReference<>();
    Thread reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    found.set(db.<String, RuntimeException>view(tx -> tx.get(NAMES, 1L)));
                  } catch (RuntimeException e) {
                    found.set(e);
                  }
                });
    await(looked);
    all.forEach(ReadTxn::close);
    Thread writer = Thread.ofPlatform().start(() -> db.beginWrite().close());
    Await.blocked(writer); // or it has ended: it lets go of the long map
    go.countDown();
    reader.join();
    writer.join();
    assertThat(found.get()).isEqualTo("x");
  }

  /** Another process truncated the file between its length's being read and the map. */
  @Test
  void whileTheFileIsOpened() throws Exception {
    Database first = open();
    first.update(tx -> tx.put(NAMES, 1L, "x"));
    long pages = first.stat().pageCount();
    first.close();
    try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
      int _ = channel.write(ByteBuffer.allocate(4096), (pages + 100) * 4096);
      locks.beforeMap =
          () -> {
            locks.beforeMap = () -> {};
            truncate(channel, pages * 4096);
          };
      Database db = open(Options.defaults().withStorage(locks.files()));
      assertThat(db.<String, RuntimeException>view(tx -> tx.get(NAMES, 1L))).isEqualTo("x");
      closeChecked(db);
    }
  }

  private static void truncate(FileChannel channel, long bytes) {
    try {
      FileChannel _ = channel.truncate(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next transaction shortens the map. */
  private static void makeEndFree(Database db) {
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    db.update(tx -> tx.put(BLOBS, 1L, new byte[16 << 20]));
    long most = db.stat().pageCount();
    db.update(tx -> tx.delete(BLOBS, 1L));
    while (db.stat().pageCount() > most / 2) {
      db.update(tx -> tx.put(NAMES, 2L, "y"));
    }
    for (int i = 0; i < 2; i++) { // until no meta slot knows the file as longer
      db.update(tx -> tx.put(NAMES, 2L, "y"));
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(2, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
