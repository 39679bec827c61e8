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
    boolean isDone = false;
    try {
      this.val = proxy.allocate();
      isDone = true;
    } finally {
      if (!isDone) {
        proxy.deallocate(key);
      }
    }
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
    if (reserved) {
      val = proxy.allocate();
      reserved = false;
    }
    val = proxy.out(val, bytes);
    return val;
  }

  /** A buffer for a value that the program fills, which is not shown yet. */
  Reservation<T> reservation(int size) {
    return new Reservation<>(proxy, proxy.reserve(size), size);
  }

  /** Shows a buffer whose use the reservation ends. */
  void show(Reservation<T> reservation) {
    T before = val;
    boolean wasReserved = reserved;
    val = reservation.buffer();
    reserved = true;
    if (!wasReserved) {
      proxy.deallocate(before);
    }
  }

  void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      proxy.deallocate(key);
    } finally {
      if (!reserved) {
        proxy.deallocate(val);
      }
    }
  }

  /** A key and a value in the database, read-only. */
  record Entry(ByteBuffer key, ByteBuffer value) {}
}
