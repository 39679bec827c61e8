package dev.pando;

import dev.pando.btree.Cursor;
import dev.pando.btree.Slice;
import dev.pando.codec.Codec;
import dev.pando.codec.LeadingBytes;
import dev.pando.codec.Tuple2;
import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.TableNames;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares the values in the blob tables of a commit with their heads: each chunk that a head asks
 * for is there and has its length, and there is no other chunk. Reads the heads, and only the keys
 * and lengths of chunks, whose pages have been verified before.
 */
final class BlobCheck {
  /** The most problems that are listed for a table. */
  private static final int MOST_PROBLEMS = 20;

  private final Txn tx;
  private final String file;
  private final List<String> problems;

  BlobCheck(Txn tx, List<String> problems) {
    this.tx = tx;
    this.file = tx.snapshot().map().name();
    this.problems = problems;
  }

  /** Compares the values of all blob tables. */
  void run() {
    for (String name : TableNames.ofTables(tx.snapshot().catalog(), file)) {
      CatalogEntry entry = tx.catalogEntry(name);
      if (entry != null && entry.valueCodec().equals(CatalogEntry.BLOB)) {
        try {
          new Values(name, codecOf(entry.keyCodec())).compare();
        } catch (CorruptFileException e) {
          problems.add("blob table " + name + ": " + e.getMessage());
        }
      }
    }
  }

  /** The codec of keys, for messages; null if only the program that wrote them has it. */
  private static @Nullable Codec<?> codecOf(String id) {
    try {
      return Codec.parse(id);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** What is known of the value whose entries are being visited. */
  private enum State {
    /** It has no head. */
    HEADLESS,
    /** Its head cannot be read, which was reported. */
    UNKNOWN,
    /** Its head says which chunks there are. */
    READ
  }

  /** The values of one table, one after the other. */
  private final class Values {
    private final String table;
    private final @Nullable Codec<?> codec;
    private final Slice slice = new Slice();
    private long told;

    /** The bytes of the key of an entry, without the number; null before the first entry. */
    private byte @Nullable [] start;

    private State state = State.HEADLESS;
    private BlobHead head = new BlobHead(1, 0);

    /** The index of the chunk that comes next. */
    private long next;

    /** Chunks of the value that no head asks for. */
    private long strays;

    Values(String table, @Nullable Codec<?> codec) {
      this.table = table;
      this.codec = codec;
    }

    void compare() {
      try (Cursor cursor = tx.findRawTree(table).cursor()) {
        for (boolean there = cursor.first(); there; there = cursor.next()) {
          cursor.key(slice);
          visit(cursor, slice.toArray());
        }
      }
      endValue();
      if (told > MOST_PROBLEMS) {
        problems.add("blob table %s: and %d more".formatted(table, told - MOST_PROBLEMS));
      }
    }

    private void visit(Cursor cursor, byte[] key) {
      int end = key.length - BlobTable.NUMBER_BYTES;
      if (end < 0) {
        problem(
            "a key of %d bytes, allowed: %d or more".formatted(key.length, BlobTable.NUMBER_BYTES));
        return;
      }
      byte[] now = start;
      if (now == null || !Arrays.equals(now, 0, now.length, key, 0, end)) {
        endValue();
        start = Arrays.copyOf(key, end);
        state = State.HEADLESS;
        next = 0;
        strays = 0;
      }
      long number = Integer.toUnsignedLong(ByteBuffer.wrap(key).getInt(end));
      if (number == BlobHead.NUMBER) {
        cursor.value(slice);
        readHead();
      } else {
        visitChunk(number - BlobHead.FIRST_CHUNK, cursor.valueLength());
      }
    }

    private void readHead() {
      state = State.UNKNOWN;
      try {
        head = BlobHead.decode(file, table, slice);
        state = State.READ;
      } catch (CorruptFileException e) {
        report(e.reason() + "; it is that of key " + shown());
      } catch (UnsupportedFormatException e) {
        report(e.getMessage() + "; it is that of key " + shown());
      }
    }

    private void visitChunk(long index, long length) {
      if (state == State.UNKNOWN) {
        return;
      }
      if (state == State.HEADLESS || index >= head.chunks()) {
        strays++;
        return;
      }
      missing(next, index);
      next = index + 1;
      if (length != head.bytesOf(index)) {
        problemOfValue(
            "chunk %d of %d has %d bytes, allowed: %d"
                .formatted(index + 1, head.chunks(), length, head.bytesOf(index)));
      }
    }

    private void endValue() {
      if (state == State.READ) {
        missing(next, head.chunks());
      }
      if (strays > 0) {
        problemOfValue(
            state == State.HEADLESS
                ? "it has no head, chunks=" + strays
                : "%d more than the %d chunks of its head".formatted(strays, head.chunks()));
      }
    }

    /** Reports the chunks from one index, included, to another, excluded. */
    private void missing(long from, long to) {
      if (to - from == 1) {
        problemOfValue("chunk %d of %d is missing".formatted(to, head.chunks()));
      } else if (to > from) {
        problemOfValue("chunks %d to %d of %d are missing".formatted(from + 1, to, head.chunks()));
      }
    }

    private void problemOfValue(String what) {
      problem("key " + shown() + ": " + what);
    }

    private void problem(String what) {
      report("blob table " + table + ": " + what);
    }

    private void report(String problem) {
      if (told++ < MOST_PROBLEMS) {
        problems.add(problem);
      }
    }

    /** The key, or its bytes if it cannot be decoded. */
    private String shown() {
      byte[] bytes = start == null ? new byte[0] : start;
      if (codec != null) {
        try {
          byte[] ofHead = Arrays.copyOf(bytes, bytes.length + BlobTable.NUMBER_BYTES);
          if (codec.decode(Index.source(ofHead)) instanceof Tuple2<?, ?>(Object key, Object _)) {
            return LeadingBytes.show(key);
          }
        } catch (IllegalArgumentException e) { // no key of this codec
          return LeadingBytes.show(bytes);
        }
      }
      return LeadingBytes.show(bytes);
    }
  }
}
