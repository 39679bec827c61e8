package org.lmdbjava;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Writes values of many sizes, reads each again and removes it, to see whether the environment
 * works where it is. It removes all tables of the environment first.
 */
public final class Verifier implements Callable<Long> {
  /** How many tables it needs. */
  public static final int DBI_COUNT = 5;

  private static final int ENTRIES_OF_A_COMMIT = 64;
  private static final int LARGEST = 64 << 10;

  private final Env<ByteBuffer> env;
  private final List<Dbi<ByteBuffer>> dbis = new ArrayList<>();
  private final ByteBuffer key = ByteBuffer.allocateDirect(Long.BYTES);
  private final ByteBuffer value = ByteBuffer.allocateDirect(LARGEST);
  private volatile boolean isStopped;

  /** Removes all tables, and creates those that it needs. */
  public Verifier(Env<ByteBuffer> env) {
    this.env = env;
    for (byte[] name : env.getDbiNames()) {
      Dbi<ByteBuffer> old = env.openDbi(name);
      try (Txn<ByteBuffer> txn = env.txnWrite()) {
        old.drop(txn, true);
        txn.commit();
      }
    }
    for (int i = 0; i < DBI_COUNT; i++) {
      dbis.add(env.openDbi("verifier-" + i, DbiFlags.MDB_CREATE));
    }
  }

  /**
   * Verifies until the thread is interrupted, or {@link #runFor} stops it.
   *
   * @return how many entries were verified
   * @throws IllegalStateException if an entry is not what was written
   */
  @Override
  public Long call() {
    long entries = 0;
    while (!isStopped && !Thread.currentThread().isInterrupted()) {
      try (Txn<ByteBuffer> txn = env.txnWrite()) {
        for (int i = 0; i < ENTRIES_OF_A_COMMIT; i++, entries++) {
          verify(txn, entries);
        }
        txn.commit();
      }
    }
    return entries;
  }

  /**
   * Verifies for some time.
   *
   * @return how many entries were verified
   */
  public long runFor(long duration, TimeUnit unit) {
    isStopped = false;
    Thread clock =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    unit.sleep(duration);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  isStopped = true;
                });
    try {
      return call();
    } finally {
      clock.interrupt();
    }
  }

  private void verify(Txn<ByteBuffer> txn, long id) {
    boolean _ = dbi(id).put(txn, key(id), value(id));
    if (id > 0) {
      long before = id - 1;
      ByteBuffer found = dbi(before).get(txn, key(before));
      if (found == null || !found.equals(value(before))) {
        throw new IllegalStateException("entry " + before + " is not as it was written: " + found);
      }
      boolean _ = dbi(before).delete(txn, key(before));
    }
  }

  private Dbi<ByteBuffer> dbi(long id) {
    return dbis.get((int) (id % DBI_COUNT));
  }

  private ByteBuffer key(long id) {
    return key.clear().putLong(id).flip();
  }

  /** The same bytes for the same id. */
  private ByteBuffer value(long id) {
    Random random = new Random(id);
    byte[] bytes = new byte[random.nextInt(LARGEST)];
    random.nextBytes(bytes);
    return value.clear().put(bytes).flip();
  }
}
