package org.lmdbjava;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/** How bytes are stored, so that their order as unsigned bytes is the order that is wanted. */
enum ByteForm {
  /** As they are. */
  PLAIN(0),
  /** The last byte first. */
  REVERSED(1),
  /** With the other highest bit in each byte: signed bytes in their order. */
  SIGNED(2);

  private final int code;

  ByteForm(int code) {
    this.code = code;
  }

  /** What the file has for it. */
  byte code() {
    return (byte) code;
  }

  static ByteForm of(byte code) {
    return switch (code) {
      case 0 -> PLAIN;
      case 1 -> REVERSED;
      case 2 -> SIGNED;
      default -> throw ResultCode.INVALID.exception();
    };
  }

  /** Unsigned numbers in the order of this machine. */
  static ByteForm ofNumbers() {
    return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? REVERSED : PLAIN;
  }

  /** Converts bytes to this form, or back: each form is its own inverse. */
  byte[] convert(MemorySegment from) {
    byte[] to = from.toArray(JAVA_BYTE);
    if (this == REVERSED) {
      for (int i = 0, j = to.length - 1; i < j; i++, j--) {
        byte last = to[j];
        to[j] = to[i];
        to[i] = last;
      }
    } else if (this == SIGNED) {
      for (int i = 0; i < to.length; i++) {
        to[i] ^= (byte) 0x80;
      }
    }
    return to;
  }
}
