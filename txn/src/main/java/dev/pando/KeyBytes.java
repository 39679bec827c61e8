package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.codec.Sink;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Encodes keys outside the calls of a transaction, whose memory they cannot use. Thread-safe. A
 * sink is native memory, which is slow to allocate, so one is kept for the next call.
 */
final class KeyBytes {
  /** The most memory, in bytes, that is kept. */
  private static final int KEPT = 64 << 10;

  /** No call has it: a codec may make a call inside a call. */
  private static final AtomicReference<@Nullable Sink> SPARE = new AtomicReference<>();

  private KeyBytes() {}

  /** A key as it is stored. */
  static <K> byte[] whole(Codec<K> codec, K key) {
    Sink sink = take();
    codec.encode(key, sink);
    return done(sink);
  }

  /** The bytes with which keys begin whose first component is this one. */
  static <K> byte[] nested(Codec<K> codec, K key) {
    Sink sink = take();
    codec.encodeNested(key, sink);
    return done(sink);
  }

  private static Sink take() {
    Sink spare = SPARE.getAndSet(null);
    return spare == null ? new Sink() : spare;
  }

  private static byte[] done(Sink sink) {
    byte[] bytes = sink.toArray();
    if (sink.segment().byteSize() <= KEPT) {
      sink.clear();
      SPARE.set(sink);
    }
    return bytes;
  }
}
