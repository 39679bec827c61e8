package dev.pando.txn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.pager.StorageLock;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The newest commit gets a shorter map, because the file is about to be cut. */
class ShorterMapTest extends DatabaseTestBase {
  private volatile Runnable beforeLockGrows = () -> {};

  /** Lock files with something to be done before they grow. */
  private final class HookedLocks extends HookedStorage {
    @Override
    public StorageLock lock(Path lockFile, boolean required) {
      return new HookedLock(super.lock(lockFile, required));
    }
  }

  private final class HookedLock implements StorageLock {
    private final StorageLock lock;

    HookedLock(StorageLock lock) {
      this.lock = lock;
    }

    @Override
    public Path path() {
      return lock.path();
    }

    @Override
    public boolean writable() {
      return lock.writable();
    }

    @Override
    public boolean tryLock(long position, boolean exclusive) {
      return lock.tryLock(position, exclusive);
    }

    @Override
    public void unlock(long position) {
      lock.unlock(position);
    }

    @Override
    public long size() {
      beforeLockGrows.run();
      return lock.size();
    }

    @Override
    public void grow(long newSize) {
      lock.grow(newSize);
    }

    @Override
    public void truncate(long newSize) {
      lock.truncate(newSize);
    }

    @Override
    public MemorySegment map(long offset, long bytes) {
      return lock.map(offset, bytes);
    }

    @Override
    public boolean isNamed() {
      return lock.isNamed();
    }

    @Override
    public void close() {
      lock.close();
    }
  }

  /**
   * A reader that had looked the newest commit up, but not yet pinned it, did not notice that the
   * commit got a shorter map meanwhile, and read through the one that was gone.
   */
  @Test
  void whileAReaderBegins() throws Exception {
    Database db = open(Options.defaults().withStorage(new HookedLocks()));
    makeEndFree(db);
    List<ReadTxn> all = new ArrayList<>();
    for (int i = 0; i < ReaderSlots.SLOTS_PER_BLOCK; i++) {
      all.add(db.beginRead());
    }
    CountDownLatch looked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    beforeLockGrows = // the reader needs a new block
        () -> {
          beforeLockGrows = () -> {};
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
    Thread.sleep(300); // it lets go of the long map
    go.countDown();
    reader.join();
    writer.join();
    assertThat(found.get()).isEqualTo("x");
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
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
