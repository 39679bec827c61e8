package dev.pando.examples.lmdbjava.programs;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.Function;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.lmdbjava.BufferProxy;
import org.lmdbjava.ByteArrayProxy;
import org.lmdbjava.ByteBufProxy;
import org.lmdbjava.ByteBufferProxy;
import org.lmdbjava.Cursor;
import org.lmdbjava.CursorIterable;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.DirectBufferProxy;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.GetOp;
import org.lmdbjava.KeyRange;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/** The same calls with buffers of each kind. */
public final class Proxies extends Program {
  @Override
  void program(Path dir, long seed) throws Exception {
    with(dir, "safe", ByteBufferProxy.PROXY_SAFE, Program::bytes, Proxies::array);
    with(dir, "optimal", ByteBufferProxy.PROXY_OPTIMAL, Program::bytes, Proxies::array);
    with(dir, "arrays", ByteArrayProxy.PROXY_BA, bytes -> bytes, bytes -> bytes);
    with(dir, "agrona", DirectBufferProxy.PROXY_DB, Proxies::agrona, Proxies::array);
    with(dir, "netty", ByteBufProxy.PROXY_NETTY, Proxies::netty, Proxies::array);
    ByteBufProxy own = new ByteBufProxy(new PooledByteBufAllocator(true));
    with(dir, "another allocator", own, Proxies::netty, Proxies::array);
    compares();
    reserves(dir);
  }

  private static byte[] array(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static DirectBuffer agrona(byte[] bytes) {
    UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(bytes.length));
    buffer.putBytes(0, bytes);
    return buffer;
  }

  private static byte[] array(DirectBuffer buffer) {
    byte[] bytes = new byte[buffer.capacity()];
    buffer.getBytes(0, bytes);
    return bytes;
  }

  private static ByteBuf netty(byte[] bytes) {
    return PooledByteBufAllocator.DEFAULT.directBuffer(Math.max(1, bytes.length)).writeBytes(bytes);
  }

  private static byte[] array(ByteBuf buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.getBytes(buffer.readerIndex(), bytes);
    return bytes;
  }

  private <T> void with(
      Path dir,
      String name,
      BufferProxy<T> proxy,
      Function<byte[], T> to,
      Function<T, byte[]> from) {
    try (Env<T> env =
        Env.create(proxy)
            .setMaxDbs(2)
            .open(dir.resolve(name).toFile(), EnvFlags.MDB_NOSUBDIR, EnvFlags.MDB_NOSYNC)) {
      Dbi<T> dbi = env.openDbi("t", DbiFlags.MDB_CREATE, DbiFlags.MDB_UNSIGNEDKEY);
      Dbi<T> many = env.openDbi("many", DbiFlags.MDB_CREATE, DbiFlags.MDB_DUPSORT);
      for (int i = 0; i < 40; i++) {
        T key = to.apply(new byte[] {(byte) (i * 7), 0, (byte) i});
        dbi.put(key, to.apply(new byte[i * 13]));
        many.put(to.apply(new byte[] {1}), to.apply(new byte[] {(byte) i}));
      }
      try (Txn<T> txn = env.txnWrite();
          Cursor<T> cursor = dbi.openCursor(txn)) {
        T key = to.apply(new byte[] {7, 0, 1});
        say(name + " get", from.apply(dbi.get(txn, key)));
        dbi.put(txn, key, to.apply(new byte[] {1, 2, 3}));
        say(name + " get", from.apply(dbi.get(txn, key)));
        say(name + " val", from.apply(txn.val()));
        say(name + " missing", dbi.get(txn, to.apply(new byte[] {9})));
        say(name + " refused", dbi.put(txn, key, key, PutFlags.MDB_NOOVERWRITE));
        say(name + " val", from.apply(txn.val()));
        say(name + " range", cursor.get(to.apply(new byte[] {8}), GetOp.MDB_SET_RANGE));
        say(name + " key", from.apply(cursor.key()));
        say(name + " value", from.apply(cursor.val()).length);
        say(name + " delete", dbi.delete(txn, key));
      }
      try (Txn<T> txn = env.txnRead()) {
        KeyRange<T> range =
            KeyRange.closedOpen(to.apply(new byte[] {20}), to.apply(new byte[] {(byte) 200}));
        try (CursorIterable<T> entries = dbi.iterate(txn, range)) {
          for (CursorIterable.KeyVal<T> each : entries) {
            say(name, from.apply(each.key()));
          }
        }
        try (CursorIterable<T> entries = many.iterate(txn)) {
          for (CursorIterable.KeyVal<T> each : entries) {
            say(name, from.apply(each.val()));
          }
        }
      }
    }
  }

  private void compares() {
    byte[][] all = {
      {}, {0}, {1}, {(byte) 0x80}, {1, 2}, {1, (byte) 0xFF}, {1, 2, 3, 4, 5, 6, 7, 8, 9}
    };
    Comparator<byte[]> unsigned = ByteArrayProxy::compareArrays;
    Comparator<byte[]> signed = ByteArrayProxy::compareArraysSigned;
    for (byte[] one : all) {
      for (byte[] other : all) {
        say("unsigned", Integer.signum(unsigned.compare(one, other)));
        say("signed", Integer.signum(signed.compare(one, other)));
        int agrona = DirectBufferProxy.compareBuff(agrona(one), agrona(other));
        say("agrona", Integer.signum(agrona));
      }
    }
  }

  private void reserves(Path dir) {
    try (Env<DirectBuffer> env =
        Env.create(DirectBufferProxy.PROXY_DB)
            .open(dir.resolve("room").toFile(), EnvFlags.MDB_NOSUBDIR)) {
      Dbi<DirectBuffer> dbi = env.openDbi("t", DbiFlags.MDB_CREATE);
      try (Txn<DirectBuffer> txn = env.txnWrite()) {
        DirectBuffer room = dbi.reserve(txn, agrona(new byte[] {1}), 16);
        ((MutableDirectBuffer) room).putLong(8, 77);
        ((MutableDirectBuffer) room).putLong(0, 78);
        say("room", array(dbi.get(txn, agrona(new byte[] {1}))));
        txn.commit();
      }
    }
    try (Env<ByteBuf> env =
        Env.create(ByteBufProxy.PROXY_NETTY)
            .open(dir.resolve("netty room").toFile(), EnvFlags.MDB_NOSUBDIR)) {
      Dbi<ByteBuf> dbi = env.openDbi("t", DbiFlags.MDB_CREATE);
      try (Txn<ByteBuf> txn = env.txnWrite()) {
        ByteBuf room = dbi.reserve(txn, netty(new byte[] {1}), 16);
        room.setLong(8, 77).setLong(0, 78);
        say("room", array(dbi.get(txn, netty(new byte[] {1}))));
        txn.commit();
      }
    }
  }
}
