package org.lmdbjava;

import java.nio.ByteBuffer;

/** The buffers in which a transaction or a cursor shows a key and a value. */
final class KeyVal<T> {
  private final BufferProxy<T> proxy;
  private T key;
  private T val;

  /** Whether the value's buffer is that of a reservation, which the program still fills. */
  private boolean reserved;

  private boolean closed;

  KeyVal(BufferProxy<T> proxy) {
    this.proxy = proxy;
    this.key = proxy.allocate();
    this.val = proxy.allocate();
  }

  T key() {
    return key;
  }

  T val() {
    return val;
  }

  void show(Entry entry) {
    key = proxy.out(key, entry.key());
    T _ = showVal(entry.value());
  }

  T showVal(ByteBuffer bytes) {
    val = proxy.out(reserved ? proxy.allocate() : val, bytes);
    reserved = false;
    return val;
  }

  /** A buffer for a value that the program fills. It is shown, and the reservation ends its use. */
  Reservation<T> reserve(int size) {
    Reservation<T> reservation = new Reservation<>(proxy, proxy.reserve(size), size);
    endVal();
    val = reservation.buffer();
    reserved = true;
    return reservation;
  }

  void close() {
    if (!closed) {
      closed = true;
      proxy.deallocate(key);
      endVal();
    }
  }

  private void endVal() {
    if (!reserved) {
      proxy.deallocate(val);
    }
  }

  /** A key and a value in the database, read-only. */
  record Entry(ByteBuffer key, ByteBuffer value) {}
}
