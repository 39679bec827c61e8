package dev.pando.examples.lmdbjava.programs;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.GetOp;
import org.lmdbjava.KeyRange;
import org.lmdbjava.PutFlags;
import org.lmdbjava.SeekOp;
import org.lmdbjava.Txn;

/** Tables that are opened, created, dropped and used against their kind. */
public final class Tables extends Program {
  private Env<ByteBuffer> env;

  @Override
  void program(Path dir, long seed) {
    try (Env<ByteBuffer> opened =
        Env.create().setMapSize(8 << 20).setMaxDbs(4).open(dir.toFile())) {
      env = opened;
      names();
      flags();
      drops();
      limits();
      wrongKind();
      many();
      reserves();
      operations();
    }
  }

  private Dbi<ByteBuffer> create(String name, DbiFlags... kind) {
    Set<DbiFlags> all = EnumSet.of(DbiFlags.MDB_CREATE);
    all.addAll(List.of(kind));
    return env.openDbi(name, all.toArray(DbiFlags[]::new));
  }

  private void names() {
    call("missing", () -> env.openDbi("missing"));
    call("no names", env::getDbiNames);
    Dbi<ByteBuffer> one = create("one");
    Dbi<ByteBuffer> same = create("one");
    Dbi<ByteBuffer> main = env.openDbi((byte[]) null);
    create("two");
    call("name", one::getName);
    call("name of main", main::getName);
    call("names", env::getDbiNames);
    call("entries of main", () -> env.stat().entries);
    one.put(bytes(1), bytes(2));
    try (Txn<ByteBuffer> txn = env.txnRead()) {
      call("through the same", () -> same.get(txn, bytes(1)));
      call("is there", () -> main.get(txn, bytes('o', 'n', 'e')) != null);
      try (Cursor<ByteBuffer> cursor = main.openCursor(txn)) {
        call("first of main", () -> cursor.first() + hex(cursor.key()));
        call("next of main", () -> cursor.next() + hex(cursor.key()));
        call("next of main", cursor::next);
      }
    }
    run("put over a table", () -> main.put(bytes('o', 'n', 'e'), bytes(1)));
    call("delete of a table", () -> main.delete(bytes('o', 'n', 'e')));
    main.put(bytes('k'), bytes('v'));
    call("a key as a table", () -> env.openDbi("k"));
    call("a key as a table", () -> create("k"));
    call("names", env::getDbiNames);
    call("an empty name", () -> create(""));
    create("three");
    create("four");
    call("too many", () -> create("five"));
    env.openDbi("four").close();
    call("room again", () -> create("five").getName());
    call("names", env::getDbiNames);
  }

  private void flags() {
    env.openDbi("five").close();
    env.openDbi("three").close();
    Dbi<ByteBuffer> dbi =
        create("kinds", DbiFlags.MDB_DUPSORT, DbiFlags.MDB_DUPFIXED, DbiFlags.MDB_REVERSEKEY);
    try (Txn<ByteBuffer> txn = env.txnRead()) {
      call("flags", () -> dbi.listFlags(txn));
    }
    Dbi<ByteBuffer> again = env.openDbi("kinds", DbiFlags.MDB_INTEGERKEY);
    try (Txn<ByteBuffer> txn = env.txnRead()) {
      call("flags", () -> again.listFlags(txn));
    }
    dbi.close();
    Dbi<ByteBuffer> numbers =
        create("numbers", DbiFlags.MDB_DUPSORT, DbiFlags.MDB_DUPFIXED, DbiFlags.MDB_INTEGERDUP);
    try (Txn<ByteBuffer> txn = env.txnRead()) {
      call("flags", () -> numbers.listFlags(txn));
    }
    numbers.close();
  }

  private void drops() {
    Dbi<ByteBuffer> dbi = create("dropped");
    dbi.put(bytes(1), bytes(2));
    try (Txn<ByteBuffer> txn = env.txnWrite();
        Cursor<ByteBuffer> cursor = dbi.openCursor(txn)) {
      call("first", cursor::first);
      run("drop", () -> dbi.drop(txn));
      call("get", () -> dbi.get(txn, bytes(1)));
      call("first", cursor::first);
      run("put", () -> dbi.put(txn, bytes(3), bytes(4)));
      call("next", () -> cursor.next() + hex(cursor.key()));
      call("entries", () -> dbi.stat(txn).entries);
    }
    try (Txn<ByteBuffer> txn = env.txnRead()) {
      call("rolled back", () -> dbi.get(txn, bytes(1)));
    }
    try (Txn<ByteBuffer> txn = env.txnWrite()) {
      run("delete", () -> dbi.drop(txn, true));
      call("get", () -> dbi.get(txn, bytes(1)));
      txn.commit();
    }
    run("put", () -> dbi.put(bytes(1), bytes(2)));
    call("gone", () -> env.openDbi("dropped"));
    Txn<ByteBuffer> txn = env.txnWrite();
    Dbi<ByteBuffer> aborted =
        env.openDbi(txn, "aborted".getBytes(), null, false, DbiFlags.MDB_CREATE);
    run("put", () -> aborted.put(txn, bytes(1), bytes(1)));
    txn.abort();
    run("put", () -> aborted.put(bytes(1), bytes(1)));
    call("gone", () -> env.openDbi("aborted"));
  }

  private void limits() {
    Dbi<ByteBuffer> dbi = create("one");
    Dbi<ByteBuffer> pairs = create("pairs", DbiFlags.MDB_DUPSORT);
    run("empty key", () -> dbi.put(zeros(0), bytes(1)));
    run("long key", () -> dbi.put(zeros(511), bytes(1)));
    run("too long key", () -> dbi.put(zeros(512), bytes(1)));
    run("empty value", () -> dbi.put(bytes(9), zeros(0)));
    run("large value", () -> dbi.put(bytes(9), zeros(300_000)));
    run("long value of many", () -> pairs.put(bytes(9), zeros(511)));
    run("too long value of many", () -> pairs.put(bytes(9), zeros(512)));
    run("heap", () -> dbi.put(ByteBuffer.allocate(1), bytes(1)));
    run("heap", () -> dbi.put(bytes(1), ByteBuffer.allocate(1)));
    run("null", () -> dbi.put(null, bytes(1)));
    run("null", () -> dbi.put(bytes(1), null));
    call("delete", () -> dbi.delete(bytes(77)));
    try (Txn<ByteBuffer> txn = env.txnRead()) {
      call("empty key", () -> dbi.get(txn, zeros(0)));
      call("too long key", () -> dbi.get(txn, zeros(600)));
      call("long key", () -> dbi.get(txn, zeros(511)));
      call("empty value", () -> dbi.get(txn, bytes(9)).remaining());
      call("null", () -> dbi.get(txn, null));
      call("null range", () -> dbi.iterate(txn, null));
      call("no start", () -> KeyRange.atLeast(null));
      call("no stop", () -> KeyRange.atMost(null));
    }
    run("delete of an empty key", () -> dbi.delete(zeros(0)));
    pairs.close();
  }

  private void wrongKind() {
    Dbi<ByteBuffer> dbi = create("one");
    try (Txn<ByteBuffer> txn = env.txnWrite();
        Cursor<ByteBuffer> cursor = dbi.openCursor(txn)) {
      dbi.put(txn, bytes(5), bytes(6));
      call("first", cursor::first);
      call("count", cursor::count);
      call("first value", () -> cursor.seek(SeekOp.MDB_FIRST_DUP));
      call("last value", () -> cursor.seek(SeekOp.MDB_LAST_DUP));
      call("both", () -> cursor.get(bytes(5), bytes(6), SeekOp.MDB_GET_BOTH));
      call("many", () -> cursor.seek(SeekOp.MDB_GET_MULTIPLE));
      call("many", () -> cursor.seek(SeekOp.MDB_NEXT_MULTIPLE));
      run("multiple", () -> cursor.putMultiple(bytes(5), bytes(6), 1, PutFlags.MDB_MULTIPLE));
      run("multiple", () -> cursor.putMultiple(bytes(5), bytes(6), 1));
      run("current", () -> dbi.put(txn, bytes(5), bytes(6), PutFlags.MDB_CURRENT));
      run("multiple", () -> dbi.put(txn, bytes(5), bytes(6), PutFlags.MDB_MULTIPLE));
      call("delete with a value", () -> dbi.delete(txn, bytes(5), bytes(99)));
      call("get", () -> dbi.get(txn, bytes(5)));
    }
  }

  private void many() {
    Dbi<ByteBuffer> dbi = create("fixed", DbiFlags.MDB_DUPSORT, DbiFlags.MDB_DUPFIXED);
    try (Txn<ByteBuffer> txn = env.txnWrite();
        Cursor<ByteBuffer> cursor = dbi.openCursor(txn)) {
      ByteBuffer values = zeros(3 * 4_000);
      for (int i = 0; i < 4_000; i++) {
        values.put((byte) (i >> 8)).put((byte) i).put((byte) 7);
      }
      values.flip();
      run("multiple", () -> cursor.putMultiple(bytes(1), values, 4_000, PutFlags.MDB_MULTIPLE));
      call("first", cursor::first);
      call("count", cursor::count);
      call("entries", () -> dbi.stat(txn).entries);
      int bytes = 0;
      int hash = 1;
      boolean there = cursor.seek(SeekOp.MDB_GET_MULTIPLE);
      while (there) {
        ByteBuffer some = cursor.val().duplicate();
        bytes += some.remaining();
        while (some.hasRemaining()) {
          hash = 31 * hash + some.get();
        }
        there = cursor.seek(SeekOp.MDB_NEXT_MULTIPLE);
      }
      say("all", bytes + " bytes, hash " + hash);
      call("first", cursor::first);
      run("replace", () -> cursor.put(bytes(1), bytes(0, 0, 6), PutFlags.MDB_CURRENT));
      call("current", () -> cursor.seek(SeekOp.MDB_GET_CURRENT) + hex(cursor.val()));
      call("next", () -> cursor.next() + hex(cursor.val()));
      txn.commit();
    } catch (Txn.NotReadyException e) {
      say("close", "after the commit"); // the cursor of a writer is closed before
    }
    dbi.close();
  }

  private void reserves() {
    Dbi<ByteBuffer> dbi = create("one");
    try (Txn<ByteBuffer> txn = env.txnWrite()) {
      ByteBuffer room = dbi.reserve(txn, bytes(40), 8);
      say("room", room.remaining());
      room.putLong(0x1234_5678L);
      call("get", () -> dbi.get(txn, bytes(40)));
      call("refused", () -> dbi.reserve(txn, bytes(40), 8, PutFlags.MDB_NOOVERWRITE));
      try (Cursor<ByteBuffer> cursor = dbi.openCursor(txn)) {
        cursor.reserve(bytes(41), 4).putInt(0x0102_0304);
        call("current", () -> cursor.seek(SeekOp.MDB_GET_CURRENT) + hex(cursor.val()));
      }
      dbi.reserve(txn, bytes(42), 4).putInt(99);
      txn.commit();
    }
    try (Txn<ByteBuffer> txn = env.txnRead()) {
      call("get", () -> dbi.get(txn, bytes(40)));
      call("get", () -> dbi.get(txn, bytes(42)));
    }
  }

  private void operations() {
    Dbi<ByteBuffer> dbi = create("one");
    try (Txn<ByteBuffer> txn = env.txnWrite();
        Cursor<ByteBuffer> cursor = dbi.openCursor(txn)) {
      dbi.drop(txn);
      call("next", cursor::next);
      call("prev", cursor::prev);
      run("delete", cursor::delete);
      for (int i = 1; i < 6; i++) {
        dbi.put(txn, bytes(i * 2), bytes(i));
      }
      for (SeekOp op :
          List.of(
              SeekOp.MDB_LAST,
              SeekOp.MDB_NEXT,
              SeekOp.MDB_NEXT,
              SeekOp.MDB_GET_CURRENT,
              SeekOp.MDB_PREV,
              SeekOp.MDB_FIRST,
              SeekOp.MDB_PREV,
              SeekOp.MDB_GET_CURRENT,
              SeekOp.MDB_NEXT,
              SeekOp.MDB_NEXT_DUP,
              SeekOp.MDB_NEXT_NODUP,
              SeekOp.MDB_PREV_DUP,
              SeekOp.MDB_PREV_NODUP)) {
        call(op.toString(), () -> cursor.seek(op) + hex(cursor.key()));
      }
      call("range", () -> cursor.get(bytes(5), GetOp.MDB_SET_RANGE) + hex(cursor.key()));
      run("delete", cursor::delete);
      call("current", () -> cursor.seek(SeekOp.MDB_GET_CURRENT) + hex(cursor.key()));
      call("next", () -> cursor.next() + hex(cursor.key()));
      run("delete", cursor::delete);
      run("delete again", cursor::delete);
      call("next", cursor::next);
      call("prev", () -> cursor.prev() + hex(cursor.key()));
      call("after the last", () -> cursor.get(bytes(99), GetOp.MDB_SET_RANGE));
      call("current", () -> cursor.seek(SeekOp.MDB_GET_CURRENT));
      run("delete", cursor::delete);
      call("prev", () -> cursor.prev() + hex(cursor.key()));
      call("set", () -> cursor.get(bytes(2), GetOp.MDB_SET) + hex(cursor.val()));
      call("replace", () -> cursor.put(bytes(2), bytes(7, 7, 7), PutFlags.MDB_CURRENT));
      call("get", () -> dbi.get(txn, bytes(2)));
      call("refused", () -> cursor.put(bytes(2), bytes(1), PutFlags.MDB_NOOVERWRITE));
      call("val", cursor::val);
      call("refused", () -> dbi.put(txn, bytes(2), bytes(1), PutFlags.MDB_NOOVERWRITE));
      call("val", txn::val);
      call("append", () -> cursor.put(bytes(200), bytes(1), PutFlags.MDB_APPEND));
      call("append", () -> cursor.put(bytes(100), bytes(1), PutFlags.MDB_APPEND));
    }
  }
}
