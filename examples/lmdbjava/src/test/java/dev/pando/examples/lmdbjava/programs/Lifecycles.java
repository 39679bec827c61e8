package dev.pando.examples.lmdbjava.programs;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.lmdbjava.CopyFlags;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.SeekOp;
import org.lmdbjava.Txn;
import org.lmdbjava.TxnFlags;

/** Environments, transactions and cursors that begin, end, and are used afterwards. */
public final class Lifecycles extends Program {
  @Override
  void program(Path dir, long seed) throws Exception {
    File path = dir.toFile();
    environments(path);
    try (Env<ByteBuffer> env = Env.create().setMaxDbs(3).open(path)) {
      Dbi<ByteBuffer> dbi = env.openDbi("t", DbiFlags.MDB_CREATE);
      dbi.put(bytes(1), bytes(2));
      transactions(env, dbi);
      nested(env, dbi);
      cursors(env, dbi);
      copies(env, dir);
    }
    readOnly(path);
  }

  private void environments(File path) {
    Env.Builder<ByteBuffer> builder = Env.create().setMapSize(1 << 20);
    Env<ByteBuffer> env = builder.open(path);
    call("the same builder", () -> builder.open(path));
    call("map size afterwards", () -> builder.setMapSize(1));
    call("dbs afterwards", () -> builder.setMaxDbs(1));
    call("readers afterwards", () -> builder.setMaxReaders(1));
    call("negative", () -> Env.create().setMapSize(-1));
    call("no path", () -> Env.create().open(null));
    call("missing directory", () -> Env.create().open(new File(path, "missing")));
    call(
        "missing file",
        () ->
            Env.create()
                .open(new File(path, "none"), EnvFlags.MDB_NOSUBDIR, EnvFlags.MDB_RDONLY_ENV));
    call("key size", env::getMaxKeySize);
    call("read-only", env::isReadOnly);
    call("map size", () -> env.info().mapSize);
    call("max readers", () -> env.info().maxReaders);
    call("address", () -> env.info().mapAddress);
    call("entries", () -> env.stat().entries + " " + env.stat().pageSize + " " + env.stat().depth);
    call("stale", env::readerCheck);
    run("sync", () -> env.sync(true));
    run("larger", () -> env.setMapSize(2 << 20));
    call("map size", () -> env.info().mapSize);
    Txn<ByteBuffer> open = env.txnRead();
    Dbi<ByteBuffer> dbi = env.openDbi("closed", DbiFlags.MDB_CREATE);
    call("closed", env::isClosed);
    open.close();
    env.close();
    env.close();
    call("closed", env::isClosed);
    call("txn", env::txnRead);
    call("txn", env::txnWrite);
    call("info", env::info);
    call("stat", env::stat);
    run("sync", () -> env.sync(false));
    call("openDbi", () -> env.openDbi("x"));
    run("put", () -> dbi.put(bytes(1), bytes(1)));
    run("close of dbi", dbi::close);
  }

  private void transactions(Env<ByteBuffer> env, Dbi<ByteBuffer> dbi) {
    Txn<ByteBuffer> read = env.txnRead();
    call("second reader", env::txnRead);
    call("read-only", read::isReadOnly);
    call("parent", read::getParent);
    run("renew", read::renew);
    run("put", () -> dbi.put(read, bytes(1), bytes(2)));
    run("delete", () -> dbi.delete(read, bytes(1)));
    run("drop", () -> dbi.drop(read));
    run("reserve", () -> dbi.reserve(read, bytes(1), 1));
    call("get", () -> dbi.get(read, bytes(1)));
    call("val", read::val);
    run("reset", read::reset);
    run("reset again", read::reset);
    call("get", () -> dbi.get(read, bytes(1)));
    run("commit", read::commit);
    run("abort", read::abort);
    dbi.put(bytes(1), bytes(3));
    run("renew", read::renew);
    call("get", () -> dbi.get(read, bytes(1)));
    run("commit", read::commit);
    run("commit again", read::commit);
    call("get", () -> dbi.get(read, bytes(1)));
    run("abort", read::abort);
    run("close", read::close);
    run("close again", read::close);
    run("reset", read::reset);
    Txn<ByteBuffer> write = env.txnWrite();
    run("reset of a writer", write::reset);
    run("renew of a writer", write::renew);
    call("ids grow", () -> write.getId() > env.info().lastTransactionId);
    try (Txn<ByteBuffer> beside = env.txn(null, TxnFlags.MDB_RDONLY_TXN)) {
      call("a reader beside it", beside::isReadOnly);
    }
    dbi.put(write, bytes(5), bytes(6));
    run("abort", write::abort);
    run("commit", write::commit);
    run("put", () -> dbi.put(write, bytes(5), bytes(6)));
    run("close", write::close);
    call("null transaction", () -> dbi.get(null, bytes(1)));
    call("null transaction", () -> dbi.put(null, bytes(1), bytes(1)));
  }

  private void nested(Env<ByteBuffer> env, Dbi<ByteBuffer> dbi) {
    try (Txn<ByteBuffer> outer = env.txnWrite()) {
      call("reader in a writer", () -> env.txn(outer, TxnFlags.MDB_RDONLY_TXN));
      dbi.put(outer, bytes(1), bytes(1));
      Txn<ByteBuffer> inner = env.txn(outer);
      call("parent", () -> inner.getParent() == outer);
      call("second child", () -> env.txn(outer));
      call("get in the parent", () -> dbi.get(outer, bytes(1)));
      run("put in the parent", () -> dbi.put(outer, bytes(1), bytes(2)));
      call("get", () -> dbi.get(inner, bytes(1)));
      dbi.put(inner, bytes(1), bytes(9));
      call("get", () -> dbi.get(inner, bytes(1)));
      inner.abort();
      call("get", () -> dbi.get(outer, bytes(1)));
      try (Txn<ByteBuffer> second = env.txn(outer)) {
        dbi.put(second, bytes(2), bytes(9));
        try (Txn<ByteBuffer> third = env.txn(second)) {
          dbi.put(third, bytes(3), bytes(9));
          third.commit();
        }
        second.commit();
      }
      outer.commit();
    }
    try (Txn<ByteBuffer> read = env.txnRead()) {
      call("committed", () -> dbi.get(read, bytes(1)));
      call("committed", () -> dbi.get(read, bytes(2)));
      call("committed", () -> dbi.get(read, bytes(3)));
      call("writer in a reader", () -> env.txn(read));
      call("reader in a reader", () -> env.txn(read, TxnFlags.MDB_RDONLY_TXN));
    }
  }

  private void cursors(Env<ByteBuffer> env, Dbi<ByteBuffer> dbi) {
    Txn<ByteBuffer> read = env.txnRead();
    Cursor<ByteBuffer> cursor = dbi.openCursor(read);
    call("current", () -> cursor.seek(SeekOp.MDB_GET_CURRENT));
    call("count", cursor::count);
    call("first", cursor::first);
    call("count", cursor::count);
    run("put", () -> cursor.put(bytes(1), bytes(1)));
    run("delete", cursor::delete);
    read.reset();
    call("after reset", cursor::first);
    read.renew();
    run("renew", () -> cursor.renew(read));
    call("first", () -> cursor.first() + hex(cursor.key()));
    read.close();
    call("after the end", cursor::next);
    run("close", cursor::close);
    run("close again", cursor::close);
    call("after close", cursor::next);
    Txn<ByteBuffer> write = env.txnWrite();
    Cursor<ByteBuffer> writing = dbi.openCursor(write);
    run("renew of a writer", () -> writing.renew(write));
    write.commit();
    run("close after commit", writing::close);
    write.close();
  }

  private void copies(Env<ByteBuffer> env, Path dir) {
    File target = dir.resolve("copy").toFile();
    run("to nothing", () -> env.copy(target));
    call("made", target::mkdir);
    run("to a directory", () -> env.copy(target));
    run("again", () -> env.copy(target));
    run("to a file", () -> env.copy(new File(target, "data.mdb")));
    File compact = dir.resolve("compact").toFile();
    call("made", compact::mkdir);
    run("compact", () -> env.copy(compact, CopyFlags.MDB_CP_COMPACT));
    for (File each : List.of(target, compact)) {
      try (Env<ByteBuffer> copy = Env.create().open(each)) {
        Dbi<ByteBuffer> dbi = copy.openDbi("t");
        try (Txn<ByteBuffer> read = copy.txnRead()) {
          say("copied", dbi.get(read, bytes(2)));
        }
      }
    }
    File file = dir.resolve("one-file").toFile();
    try (Env<ByteBuffer> one = Env.create().open(file, EnvFlags.MDB_NOSUBDIR)) {
      one.openDbi((String) null).put(bytes(7), bytes(8));
      call("is a file", file::isFile);
      run("onto itself", () -> one.copy(file));
      run("to another", () -> one.copy(dir.resolve("two-file").toFile()));
      call("is a file", () -> dir.resolve("two-file").toFile().isFile());
    }
  }

  private void readOnly(File path) {
    try (Env<ByteBuffer> env = Env.create().setMaxDbs(2).open(path, EnvFlags.MDB_RDONLY_ENV)) {
      call("read-only", env::isReadOnly);
      call("writer", env::txnWrite);
      Dbi<ByteBuffer> dbi = env.openDbi("t");
      call("new table", () -> env.openDbi("new", DbiFlags.MDB_CREATE));
      call("missing table", () -> env.openDbi("new"));
      run("sync", () -> env.sync(true));
      try (Txn<ByteBuffer> read = env.txnRead()) {
        call("get", () -> dbi.get(read, bytes(1)));
      }
      run("put", () -> dbi.put(bytes(1), bytes(1)));
    }
  }
}
