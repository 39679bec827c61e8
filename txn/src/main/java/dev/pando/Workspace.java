package dev.pando;

import dev.pando.btree.BatchedGet;
import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Slice;
import dev.pando.btree.Tree;
import dev.pando.codec.Codec;
import dev.pando.codec.CodecException;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reused memory of one call at a time: a key, a value, and the places where they were found. A
 * codec that calls the transaction for which it encodes or decodes makes a call inside a call,
 * which gets the {@link #inner} one.
 */
final class Workspace {
  /**
   * Holds one byte more than a key can have. A longer key for a search is truncated to that. It is
   * still longer than every stored key, so it equals none and has the same neighbours.
   */
  final KeyBuffer key;

  Sink sink = new Sink();
  final Source source = new Source();
  final Slice keySlice = new Slice();
  final Slice valueSlice = new Slice();

  /** The most memory, in bytes, that is kept from one transaction to the next. */
  private static final int KEPT = 1 << 20;

  /** Bytes of the first memory for a value that its caller writes. */
  private static final int FIRST_ROOM = 4096;

  /** For values that are written by their caller; made when first used. */
  private MemorySegment reserved = MemorySegment.NULL;

  private final int maxKey;
  private final @Nullable Workspace outer;
  private @Nullable Workspace inner;

  /** Several keys; made by the first call that needs it. */
  private @Nullable BatchedGet batch;

  Workspace(int pageSize) {
    this(Tree.maxKey(pageSize), null);
  }

  private Workspace(int maxKey, @Nullable Workspace outer) {
    this.maxKey = maxKey;
    this.key = new KeyBuffer(maxKey + 1);
    this.outer = outer;
  }

  /** Memory for the keys of a call that gets many. */
  BatchedGet batch() {
    BatchedGet mine = batch;
    if (mine == null) {
      mine = new BatchedGet(key.capacity());
      batch = mine;
    }
    return mine;
  }

  /** The workspace of a nested call. */
  Workspace inner() {
    Workspace mine = inner;
    if (mine == null) {
      mine = new Workspace(maxKey, this);
      inner = mine;
    }
    return mine;
  }

  /** The workspace of the enclosing call. */
  Workspace outer() {
    return Objects.requireNonNull(outer, "there is no call around this one");
  }

  /** Encodes a key for a search, of any length. */
  <K> KeyBuffer encodeKey(Table<K, ?> table, K value) {
    encodeKey(table, value, key);
    return key;
  }

  /** As {@link #encodeKey(Table, Object)}, into another buffer of this workspace. */
  <K> void encodeKey(Table<K, ?> table, K value, KeyBuffer into) {
    sink.clear();
    table.keyCodec().encode(Objects.requireNonNull(value, "the key is null"), sink);
    into.setStart(sink.segment(), 0, sink.length());
  }

  /**
   * Encodes a key to store.
   *
   * @throws UnencodableException if its codec refuses it, or if it is too long
   */
  <K> KeyBuffer encodeNewKey(Table<K, ?> table, K value) {
    sink.clear();
    Encoding.add(table.name(), table.keyCodec(), "key", value, sink);
    key.setStart(sink.segment(), 0, sink.length());
    int length = sink.length();
    if (length > maxKey) {
      throw UnencodableException.tooLong(table.name(), table.keyCodec(), value, length, maxKey);
    }
    return key;
  }

  /** Takes the bytes of a key for a search, of any length. */
  KeyBuffer setKey(MemorySegment bytes) {
    key.setStart(Objects.requireNonNull(bytes, "the key is null"), 0, bytes.byteSize());
    return key;
  }

  /**
   * Takes the bytes of a key to store.
   *
   * @throws IllegalArgumentException if it is too long
   */
  KeyBuffer setNewKey(String table, MemorySegment bytes) {
    KeyBuffer taken = setKey(bytes);
    checkNew(table, bytes.byteSize());
    return taken;
  }

  /**
   * Takes a key to store that another transaction has found.
   *
   * @throws IllegalArgumentException if it is too long
   */
  KeyBuffer setNewKey(String table, Slice found) {
    key.setStart(found.segment, found.offset, found.length);
    checkNew(table, found.length);
    return key;
  }

  private void checkNew(String table, long length) {
    if (length > maxKey) {
      throw new IllegalArgumentException(
          "table %s: key length=%d, allowed 0 to %d bytes".formatted(table, length, maxKey));
    }
  }

  /**
   * Encodes a value into {@link #sink}.
   *
   * @throws UnencodableException if its codec refuses it
   */
  <V> void encodeValue(Table<?, V> table, V value) {
    sink.clear();
    Encoding.add(table.name(), table.valueCodec(), "value", value, sink);
  }

  /** Copies the bytes of a value into {@link #sink}. */
  MemorySegment copy(MemorySegment bytes) {
    sink.clear();
    sink.putSegment(bytes, 0, bytes.byteSize());
    return sink.segment().asSlice(0, bytes.byteSize());
  }

  /** Memory of so many zeros, valid until the next call of this. */
  MemorySegment room(int length) {
    if (reserved.byteSize() < length) {
      reserved = Arena.ofAuto().allocate(Math.max(length, FIRST_ROOM));
    }
    return reserved.asSlice(0, length).fill((byte) 0);
  }

  /** The transaction is over: releases the memory of large values, and the maps. */
  void trim() {
    if (reserved.byteSize() > KEPT) {
      reserved = MemorySegment.NULL;
    }
    if (sink.segment().byteSize() > KEPT) {
      sink = new Sink();
    }
    source.reset(MemorySegment.NULL, 0, 0);
    keySlice.set(MemorySegment.NULL, 0, 0);
    valueSlice.set(MemorySegment.NULL, 0, 0);
    BatchedGet used = batch;
    if (used != null) {
      used.forget();
    }
    Workspace more = inner;
    if (more != null) {
      more.trim();
    }
  }

  /** Decodes what {@link #keySlice} points at. */
  <K> K decodeKey(Table<K, ?> table) {
    return decodeKey(table, keySlice.segment, keySlice.offset, keySlice.length);
  }

  /** Decodes what {@link #valueSlice} points at. */
  <V> V decodeValue(Table<?, V> table) {
    return decodeValue(table, valueSlice.segment, valueSlice.offset, valueSlice.length);
  }

  /** Decodes a key that was found. */
  <K> K decodeKey(Table<K, ?> table, MemorySegment found, long offset, long length) {
    source.reset(found, offset, length);
    K key = table.keyCodec().decode(source);
    if (source.remaining() != 0) {
      throw notAllRead(table.keyCodec(), "a key of table " + table.name(), length);
    }
    return key;
  }

  /** Decodes a value that was found. */
  <V> V decodeValue(Table<?, V> table, MemorySegment found, long offset, long length) {
    source.reset(found, offset, length);
    V value = table.valueCodec().decode(source);
    if (source.remaining() != 0) {
      throw notAllRead(table.valueCodec(), "a value of table " + table.name(), length);
    }
    return value;
  }

  private CodecException notAllRead(Codec<?> codec, String what, long length) {
    return CodecException.notAllRead(codec.id(), what, source.remaining(), length);
  }
}
