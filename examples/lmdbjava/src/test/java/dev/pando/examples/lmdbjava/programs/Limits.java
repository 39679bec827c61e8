package dev.pando.examples.lmdbjava.programs;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/** Full maps, full reader tables, files of others, and threads. */
public final class Limits extends Program {
  private static final long WAIT_NANOS = 10_000_000_000L;

  @Override
  void program(Path dir, long seed) throws Exception {
    fullMap(dir.toFile());
    readers(Files.createDirectory(dir.resolve("threads")).toFile());
    readersOfTransactions(Files.createDirectory(dir.resolve("no threads")).toFile());
    foreign(dir);
    otherThread(Files.createDirectory(dir.resolve("other")).toFile());
    writeMap(Files.createDirectory(dir.resolve("write map")).toFile());
  }

  private void fullMap(File path) {
    try (Env<ByteBuffer> env = Env.create().setMapSize(256 << 10).open(path)) {
      Dbi<ByteBuffer> dbi = env.openDbi("t", DbiFlags.MDB_CREATE);
      dbi.put(bytes(1), bytes(1));
      try (Txn<ByteBuffer> txn = env.txnWrite()) {
        run(
            "fill",
            () -> {
              for (int i = 0; i < 4_000; i++) {
                dbi.put(txn, bytes(2, i >> 8, i), zeros(1_000));
              }
            });
        run("more", () -> dbi.put(txn, bytes(3), bytes(1)));
        txn.abort();
      }
      env.setMapSize(16 << 20);
      try (Txn<ByteBuffer> txn = env.txnWrite()) {
        for (int i = 0; i < 4_000; i++) {
          dbi.put(txn, bytes(2, i >> 8, i), zeros(1_000), PutFlags.MDB_APPEND);
        }
        say("entries", dbi.stat(txn).entries);
        txn.commit();
      }
    }
  }

  private void readers(File path) throws Exception {
    try (Env<ByteBuffer> env = Env.create().setMaxReaders(2).open(path)) {
      env.openDbi("t", DbiFlags.MDB_CREATE);
      env.txnRead().close();
      env.txnRead().close();
      say("one thread", env.info().numReaders);
      CountDownLatch end = new CountDownLatch(1);
      Thread second = new Thread(() -> holdsReader(env, end));
      second.start();
      while (env.info().numReaders < 2) {
        Thread.onSpinWait();
      }
      call("a third thread", () -> elsewhere(() -> reads(env)));
      call("the first thread", () -> reads(env));
      end.countDown();
      second.join();
      call("a third thread, after the second", () -> whenFree(() -> elsewhere(() -> reads(env))));
      say("most", env.info().numReaders);
      Txn<ByteBuffer> reset = env.txnRead();
      reset.reset();
      try (Txn<ByteBuffer> _ = env.txnRead()) {
        reset.close();
        call("after the close of one that was reset", () -> reads(env));
      }
    }
  }

  private static boolean reads(Env<ByteBuffer> env) {
    try (Txn<ByteBuffer> txn = env.txnRead()) {
      return txn.isReadOnly();
    }
  }

  private static void holdsReader(Env<ByteBuffer> env, CountDownLatch end) {
    try (Txn<ByteBuffer> _ = env.txnRead()) {
      end.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static <R> R elsewhere(Callable<R> call) throws Exception {
    FutureTask<R> task = new FutureTask<>(call);
    new Thread(task).start();
    try {
      return task.get();
    } catch (java.util.concurrent.ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  /** LMDB frees a slot when the native thread ends, for which a join does not wait. */
  private static boolean whenFree(Callable<Boolean> call) throws Exception {
    long begin = System.nanoTime();
    while (true) {
      try {
        return call.call();
      } catch (Env.ReadersFullException e) {
        if (System.nanoTime() - begin > WAIT_NANOS) {
          throw e;
        }
        Thread.onSpinWait();
      }
    }
  }

  private void readersOfTransactions(File path) {
    try (Env<ByteBuffer> env = Env.create().setMaxReaders(2).open(path, EnvFlags.MDB_NOTLS)) {
      env.openDbi("t", DbiFlags.MDB_CREATE);
      Txn<ByteBuffer> one = env.txnRead();
      Txn<ByteBuffer> two = env.txnRead();
      call("three", env::txnRead);
      one.reset();
      call("after a reset", env::txnRead);
      one.renew();
      two.close();
      call("after a close", () -> reads(env));
      one.close();
      say("most", env.info().numReaders);
    }
  }

  private void foreign(Path dir) throws Exception {
    Path text = dir.resolve("text");
    Files.write(text, new byte[8_192]);
    Files.writeString(text, "no database, for sure, and long enough for a header of any kind");
    call("a text", () -> Env.create().open(text.toFile(), EnvFlags.MDB_NOSUBDIR));
    call("a file as a directory", () -> Env.create().open(text.toFile()));
  }

  private void otherThread(File path) throws Exception {
    try (Env<ByteBuffer> env = Env.create().open(path, EnvFlags.MDB_NOTLS)) {
      Dbi<ByteBuffer> dbi = env.openDbi("t", DbiFlags.MDB_CREATE);
      Txn<ByteBuffer> before = env.txnRead();
      elsewhere(
          () -> {
            dbi.put(bytes(1), bytes(2));
            return true;
          });
      call("a snapshot", () -> dbi.get(before, bytes(1)));
      call("elsewhere", () -> elsewhere(() -> dbi.get(before, bytes(1)) == null));
      before.close();
      try (Txn<ByteBuffer> after = env.txnRead()) {
        call("after it", () -> dbi.get(after, bytes(1)));
      }
    }
  }

  private void writeMap(File path) {
    try (Env<ByteBuffer> env =
            Env.create().open(path, EnvFlags.MDB_WRITEMAP, EnvFlags.MDB_MAPASYNC);
        Txn<ByteBuffer> txn = env.txnWrite()) {
      call("nested", () -> env.txn(txn));
    }
  }
}
