package dev.pando.codec;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The order of values by their bytes. Thread-safe. */
final class EncodedOrder {
  /** The sinks of a thread that are not in use: a codec may compare while it encodes. */
  private static final ThreadLocal<@Nullable EncodedOrder> IDLE = new ThreadLocal<>();

  /** Bytes of the largest sink that is kept. */
  private static final long MAX_KEPT = 1 << 16;

  private final Sink first = new Sink();
  private final Sink second = new Sink();

  private EncodedOrder() {}

  static <T extends @Nullable Object> int compare(Codec<T> codec, T a, T b) {
    EncodedOrder idle = IDLE.get();
    EncodedOrder mine = idle == null ? new EncodedOrder() : idle;
    IDLE.set(null);
    mine.first.clear();
    mine.second.clear();
    codec.encode(a, mine.first);
    codec.encode(b, mine.second);
    int order =
        compare(
            mine.first.segment(),
            0,
            mine.first.length(),
            mine.second.segment(),
            0,
            mine.second.length());
    if (mine.first.segment().byteSize() + mine.second.segment().byteSize() <= MAX_KEPT) {
      IDLE.set(mine);
    }
    return order;
  }

  /** Compares two ranges of memory, byte by byte, unsigned; from an offset to the one after it. */
  static int compare(
      MemorySegment a, long aBegin, long aEnd, MemorySegment b, long bBegin, long bEnd) {
    long at = MemorySegment.mismatch(a, aBegin, aEnd, b, bBegin, bEnd);
    if (at < 0) {
      return 0;
    }
    if (at == aEnd - aBegin || at == bEnd - bBegin) {
      return Long.compare(aEnd - aBegin, bEnd - bBegin);
    }
    return Byte.compareUnsigned(a.get(JAVA_BYTE, aBegin + at), b.get(JAVA_BYTE, bBegin + at));
  }
}
