package dev.pando.examples.lmdbjava.programs;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.lmdbjava.ByteBufferProxy;
import org.lmdbjava.CursorIterable;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.KeyRange;
import org.lmdbjava.KeyRangeType;
import org.lmdbjava.Txn;

/** Ranges of all types, over tables of several kinds and with several comparators. */
public final class Ranges extends Program {
  private final Random random = new Random();

  @Override
  void program(Path dir, long seed) {
    random.setSeed(seed);
    Comparator<ByteBuffer> unsigned =
        Comparator.comparing(Program::hex); // the same order as unsigned bytes
    try (Env<ByteBuffer> env =
        Env.create(ByteBufferProxy.PROXY_SAFE)
            .setMapSize(16 << 20)
            .setMaxDbs(9)
            .open(dir.toFile())) {
      ranges(env, env.openDbi((String) null, unsigned), 256);
      ranges(env, env.openDbi("plain", unsigned, DbiFlags.MDB_CREATE), 256);
      ranges(env, env.openDbi("flag", DbiFlags.MDB_CREATE, DbiFlags.MDB_UNSIGNEDKEY), 256);
      ranges(env, env.openDbi("signed", DbiFlags.MDB_CREATE), 128);
      ranges(env, env.openDbi("signed ordered", null, true, DbiFlags.MDB_CREATE), 256);
      ranges(env, env.openDbi("many", unsigned, DbiFlags.MDB_CREATE, DbiFlags.MDB_DUPSORT), 256);
      removes(env, env.openDbi("plain", unsigned));
    }
  }

  private ByteBuffer key(int bound) {
    return random.nextBoolean()
        ? bytes(random.nextInt(bound))
        : bytes(random.nextInt(bound), random.nextInt(bound));
  }

  private void ranges(Env<ByteBuffer> env, Dbi<ByteBuffer> dbi, int bound) {
    List<ByteBuffer> keys = new ArrayList<>();
    try (Txn<ByteBuffer> txn = env.txnWrite()) {
      for (int i = 0; i < 60; i++) {
        ByteBuffer key = key(bound);
        keys.add(key);
        dbi.put(txn, key, bytes(i));
        if (random.nextBoolean()) {
          dbi.put(txn, key, bytes(i + 100));
        }
      }
      txn.commit();
    }
    try (Txn<ByteBuffer> txn = env.txnRead()) {
      for (KeyRangeType type : KeyRangeType.values()) {
        for (int i = 0; i < 12; i++) {
          ByteBuffer start = random.nextBoolean() ? keys.get(random.nextInt(60)) : key(bound);
          ByteBuffer stop = random.nextBoolean() ? keys.get(random.nextInt(60)) : key(bound);
          say(
              type + " " + hex(start) + " " + hex(stop),
              entries(dbi.iterate(txn, new KeyRange<>(type, start, stop))));
        }
      }
      say("all", entries(dbi.iterate(txn)));
    }
  }

  private static String entries(CursorIterable<ByteBuffer> range) {
    StringBuilder all = new StringBuilder();
    try (range) {
      for (CursorIterable.KeyVal<ByteBuffer> each : range) {
        all.append(hex(each.key())).append('=').append(hex(each.val())).append(' ');
      }
    }
    return all.toString();
  }

  private void removes(Env<ByteBuffer> env, Dbi<ByteBuffer> dbi) {
    try (Txn<ByteBuffer> txn = env.txnWrite()) {
      try (CursorIterable<ByteBuffer> range =
          dbi.iterate(txn, KeyRange.closed(bytes(20), bytes(200)))) {
        Iterator<CursorIterable.KeyVal<ByteBuffer>> all = range.iterator();
        call("again", range::iterator);
        while (all.hasNext()) {
          CursorIterable.KeyVal<ByteBuffer> each = all.next();
          String entry = hex(each.key()) + "=" + hex(each.val());
          if (random.nextInt(3) > 0) {
            say("removes", entry);
            all.remove();
          }
        }
        call("after the end", all::next);
      }
      say("left", entries(dbi.iterate(txn)));
      txn.commit();
    }
  }
}
