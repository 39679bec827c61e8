package dev.pando.examples.lmdbjava.programs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.GetOp;
import org.lmdbjava.PutFlags;
import org.lmdbjava.SeekOp;
import org.lmdbjava.Txn;

/**
 * Random moves and writes of two cursors in tables of every kind, with nested transactions. After a
 * move whose place LMDB does not document, such as a search that finds nothing, the cursor moves to
 * an end.
 *
 * <p>In tables of many values all cursors move after each write, because LMDB moves other cursors
 * of the key, and shows an entry twice after a removal. Values are not empty, because LMDB loses an
 * empty one when its key gets a second one.
 */
public final class RandomCursors extends Program {
  private static final List<Set<DbiFlags>> KINDS =
      List.of(
          Set.of(),
          EnumSet.of(DbiFlags.MDB_REVERSEKEY),
          EnumSet.of(DbiFlags.MDB_INTEGERKEY),
          EnumSet.of(DbiFlags.MDB_DUPSORT),
          EnumSet.of(DbiFlags.MDB_DUPSORT, DbiFlags.MDB_REVERSEDUP),
          EnumSet.of(DbiFlags.MDB_DUPSORT, DbiFlags.MDB_REVERSEKEY),
          EnumSet.of(DbiFlags.MDB_DUPSORT, DbiFlags.MDB_DUPFIXED),
          EnumSet.of(
              DbiFlags.MDB_DUPSORT,
              DbiFlags.MDB_DUPFIXED,
              DbiFlags.MDB_INTEGERDUP,
              DbiFlags.MDB_INTEGERKEY));

  private Random random;
  private Set<DbiFlags> kind;
  private Env<ByteBuffer> env;
  private Dbi<ByteBuffer> dbi;
  private int keys;

  /** Whether cursors have met the end: LMDB may not show them what is put after it. */
  private final boolean[] metEnd = new boolean[2];

  @Override
  void program(Path dir, long seed) {
    random = new Random(seed);
    kind = KINDS.get(random.nextInt(KINDS.size()));
    keys = 4 + random.nextInt(random.nextBoolean() ? 12 : 400);
    say("kind", kind + ", keys " + keys);
    Set<DbiFlags> flags = EnumSet.of(DbiFlags.MDB_CREATE);
    flags.addAll(kind);
    try (Env<ByteBuffer> opened =
        Env.create().setMapSize(64 << 20).open(dir.toFile(), EnvFlags.MDB_NOSYNC)) {
      env = opened;
      dbi = env.openDbi("t", flags.toArray(DbiFlags[]::new));
      for (int i = 0; i < 6; i++) {
        transaction();
      }
    }
  }

  private void transaction() {
    try (Txn<ByteBuffer> txn = env.txnWrite()) {
      operate(txn, 30);
      if (random.nextBoolean()) {
        try (Txn<ByteBuffer> inner = env.txn(txn)) {
          operate(inner, 20);
          if (random.nextBoolean()) {
            inner.commit();
            say("inner", "committed");
          } else {
            say("inner", "rolled back");
          }
        }
        operate(txn, 10);
      }
      all(txn);
      if (random.nextInt(4) > 0) {
        txn.commit();
        say("outer", "committed");
      }
    }
    try (Txn<ByteBuffer> txn = env.txnRead()) {
      all(txn);
      try (Cursor<ByteBuffer> cursor = dbi.openCursor(txn)) {
        for (int i = 0; i < 30; i++) {
          boolean _ = move(cursor, "reads");
        }
      }
    }
  }

  private void operate(Txn<ByteBuffer> txn, int times) {
    List<Cursor<ByteBuffer>> cursors = List.of(dbi.openCursor(txn), dbi.openCursor(txn));
    for (int i = 0; i < times; i++) {
      int which = random.nextInt(2);
      Cursor<ByteBuffer> cursor = cursors.get(which);
      switch (random.nextInt(8)) {
        case 0, 1 -> {
          put(txn, cursor, which);
          for (int c = 0; c < 2; c++) {
            if (metEnd[c] || has(DbiFlags.MDB_DUPSORT)) {
              show(cursors.get(c), c, cursors.get(c).first());
              metEnd[c] = false;
            }
          }
        }
        case 2 -> {
          delete(txn, cursor, which);
          if (has(DbiFlags.MDB_DUPSORT)) {
            cursors.forEach(each -> show(each, "each", each.first()));
          }
        }
        default -> metEnd[which] = move(cursor, which);
      }
    }
    cursors.forEach(Cursor::close);
  }

  private boolean has(DbiFlags flag) {
    return kind.contains(flag);
  }

  private ByteBuffer key() {
    int number = random.nextInt(keys);
    if (has(DbiFlags.MDB_INTEGERKEY)) {
      return number(number * 0x0101_0101L);
    }
    byte[] key = new byte[1 + number % 5];
    new Random(number).nextBytes(key);
    if (number % 3 == 0) {
      key[number % key.length] = 0;
    }
    return bytes(key);
  }

  private static ByteBuffer number(long number) {
    return ByteBuffer.allocateDirect(Long.BYTES)
        .order(ByteOrder.nativeOrder())
        .putLong(number)
        .flip();
  }

  private ByteBuffer value() {
    int number = random.nextInt(40);
    if (has(DbiFlags.MDB_INTEGERDUP)) {
      return number(number * 0x7F3L);
    }
    int length =
        has(DbiFlags.MDB_DUPFIXED) ? 3 : has(DbiFlags.MDB_DUPSORT) ? 1 + number % 6 : number * 100;
    byte[] value = new byte[length];
    new Random(number).nextBytes(value);
    return bytes(value);
  }

  private void put(Txn<ByteBuffer> txn, Cursor<ByteBuffer> cursor, int which) {
    ByteBuffer key = key();
    ByteBuffer value = value();
    boolean pairs = has(DbiFlags.MDB_DUPSORT);
    List<PutFlags> choice = new ArrayList<>();
    switch (random.nextInt(8)) {
      case 0 -> choice.add(PutFlags.MDB_NOOVERWRITE);
      case 1 -> choice.add(PutFlags.MDB_NODUPDATA);
      case 2 -> choice.add(PutFlags.MDB_APPEND);
      case 3 -> choice.add(pairs ? PutFlags.MDB_APPENDDUP : PutFlags.MDB_NOOVERWRITE);
      default -> {}
    }
    PutFlags[] flags = choice.toArray(PutFlags[]::new);
    String what = "put " + hex(key) + "=" + hex(value) + " " + choice;
    if (random.nextInt(3) == 0) {
      call("dbi " + what, () -> dbi.put(txn, key, value, flags));
    } else {
      call("cursor " + which + " " + what, () -> cursor.put(key, value, flags));
      metEnd[which] = random.nextBoolean();
      show(cursor, which, metEnd[which] ? cursor.last() : cursor.first());
    }
  }

  private void delete(Txn<ByteBuffer> txn, Cursor<ByteBuffer> cursor, int which) {
    ByteBuffer key = key();
    ByteBuffer value = value();
    boolean pairs = has(DbiFlags.MDB_DUPSORT);
    int choice = random.nextInt(5);
    if (choice == 0) {
      call("delete " + hex(key), () -> dbi.delete(txn, key));
    } else if (choice == 1 && pairs) {
      call("delete " + hex(key) + "=" + hex(value), () -> dbi.delete(txn, key, value));
    } else if (cursor.get(key, GetOp.MDB_SET_RANGE)) {
      show(cursor, which, true);
      boolean all = pairs && random.nextInt(3) == 0;
      run(
          "cursor " + which + " deletes, all " + all,
          () -> {
            if (all) {
              cursor.delete(PutFlags.MDB_NODUPDATA);
            } else {
              cursor.delete();
            }
          });
      boolean there = all ? cursor.first() : random.nextBoolean() ? cursor.next() : cursor.prev();
      show(cursor, which, there);
      metEnd[which] = !there;
    } else {
      show(cursor, which, cursor.last());
      metEnd[which] = true;
    }
  }

  private void show(Cursor<ByteBuffer> cursor, Object which, boolean there) {
    say("cursor " + which, there ? hex(cursor.key()) + "=" + hex(cursor.val()) : "nothing");
  }

  /** Moves; true if the cursor has met the end. */
  private boolean move(Cursor<ByteBuffer> cursor, Object which) {
    ByteBuffer key = key();
    ByteBuffer value = value();
    boolean pairs = has(DbiFlags.MDB_DUPSORT);
    int choice = random.nextInt(pairs ? 14 : 8);
    String what = "move " + choice + " of " + which + " " + hex(key);
    boolean there =
        switch (choice) {
          case 0 -> cursor.first();
          case 1 -> cursor.last();
          case 2, 3 -> cursor.next();
          case 4, 5 -> cursor.prev();
          case 6 -> cursor.get(key, GetOp.MDB_SET_RANGE);
          case 7 -> cursor.get(key, GetOp.MDB_SET_KEY);
          case 8 -> cursor.get(key, value, SeekOp.MDB_GET_BOTH);
          case 9 -> cursor.get(key, value, SeekOp.MDB_GET_BOTH_RANGE);
          default ->
              range(cursor, which, key)
                  && cursor.seek(
                      switch (choice) {
                        case 10 -> SeekOp.MDB_NEXT_DUP;
                        case 11 -> SeekOp.MDB_LAST_DUP;
                        case 12 -> SeekOp.MDB_NEXT_NODUP;
                        default -> SeekOp.MDB_PREV_NODUP;
                      });
        };
    say(what, there);
    if (there) {
      show(cursor, which, true);
      boolean isStep = choice >= 2 && choice <= 5; // then LMDB counts what it found before
      if (pairs && !isStep && random.nextInt(3) == 0) {
        say("count", cursor.count());
      }
    } else if (choice >= 6) {
      boolean first = random.nextBoolean();
      show(cursor, which, first ? cursor.first() : cursor.last());
      return !first;
    }
    return choice == 1 || !there;
  }

  private boolean range(Cursor<ByteBuffer> cursor, Object which, ByteBuffer key) {
    boolean there = cursor.get(key, GetOp.MDB_SET_RANGE);
    if (there) {
      show(cursor, which, true);
    }
    return there;
  }

  private void all(Txn<ByteBuffer> txn) {
    StringBuilder all = new StringBuilder();
    long count = 0;
    try (Cursor<ByteBuffer> cursor = dbi.openCursor(txn)) {
      while (cursor.next()) {
        all.append(hex(cursor.key())).append('=').append(hex(cursor.val())).append(' ');
        count++;
      }
    }
    say("all", all);
    say("entries", count + " " + dbi.stat(txn).entries);
  }
}
