package dev.pando.codec;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.BytesIn;
import net.openhft.chronicle.bytes.BytesOut;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.bytes.OnHeapBytes;
import net.openhft.chronicle.bytes.PointerBytesStore;
import org.jspecify.annotations.Nullable;

/**
 * The objects that one thread reuses to write and read Chronicle's values. A value that is encoded
 * or decoded within another one gets a workspace of its own.
 */
final class ChronicleWorkspace {
  private static final int INITIAL_CAPACITY = 256;

  /** Bytes of the largest workspace that is kept after a large value. */
  private static final int MAX_KEPT = 1 << 20;

  private static final ThreadLocal<@Nullable ChronicleWorkspace> IDLE = new ThreadLocal<>();

  /** The memory of the input while there is none. */
  private static final MemorySegment NOWHERE = Arena.ofAuto().allocate(Long.BYTES);

  private final OnHeapBytes output = Bytes.allocateElasticOnHeap(INITIAL_CAPACITY);
  private final PointerBytesStore pointer = BytesStore.nativePointer();
  private @Nullable Bytes<?> input;

  private ChronicleWorkspace() {}

  /** This thread's workspace, or a new one while that is in use. */
  static ChronicleWorkspace take() {
    ChronicleWorkspace idle = IDLE.get();
    if (idle == null) {
      return new ChronicleWorkspace();
    }
    IDLE.set(null);
    return idle;
  }

  /** Ends the use of everything taken from here. */
  void giveBack() {
    Bytes<?> used = input;
    if (used != null) { // code that kept it must not reach memory that may be unmapped soon
      pointer.set(NOWHERE.address(), 0);
      used.clear();
    }
    if (output.realCapacity() <= MAX_KEPT) {
      IDLE.set(this);
    }
  }

  /** Empty bytes to write into. */
  BytesOut<?> output() {
    return output.clear();
  }

  /** Copies the bytes that were written since {@link #output}. */
  void flush(Sink sink) {
    byte[] array = Objects.requireNonNull(output.bytesStore().underlyingObject());
    sink.putBytes(array, (int) output.readPosition(), (int) output.readRemaining());
  }

  /** The bytes that are left of a source: in place if that is native memory, else a copy. */
  BytesIn<?> input(Source source) {
    MemorySegment segment = source.segment();
    long length = source.remaining();
    if (!segment.isNative()) {
      return Bytes.wrapForRead(source.bytes(length));
    }
    pointer.set(segment.address() + source.offset(), length);
    Bytes<?> bytes = input;
    if (bytes == null) {
      bytes = pointer.bytesForRead();
      input = bytes;
    }
    bytes.clear();
    bytes.writePosition(length);
    return bytes;
  }
}
