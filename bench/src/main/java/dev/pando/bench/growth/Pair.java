package dev.pando.bench.growth;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** A thread's key and value in native memory, as each store wants them. */
final class Pair {
  final MemorySegment key = Arena.ofAuto().allocate(Keyspace.KEY_BYTES, Long.BYTES);
  final MemorySegment value = Arena.ofAuto().allocate(Keyspace.VALUE_BYTES, Long.BYTES);
  final ByteBuffer keyBuffer = key.asByteBuffer();
  final ByteBuffer valueBuffer = value.asByteBuffer();
}
