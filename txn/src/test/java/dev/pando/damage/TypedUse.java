package dev.pando.damage;

import dev.pando.AnyTable;
import dev.pando.BlobChannel;
import dev.pando.BlobTable;
import dev.pando.Database;
import dev.pando.Entry;
import dev.pando.Index;
import dev.pando.Range;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import dev.pando.codec.CodecException;
import dev.pando.error.IndexNotRegisteredException;
import dev.pando.error.UniqueIndexException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table with indexes, and one of large values: made for healthy files, and used through the typed
 * API in hostile ones. Exceptions that name codecs, indexes or twins are answers there, too.
 */
final class TypedUse {
  /** A row. */
  record Row(String name, @Nullable Integer code, String tags) {}

  static final Table<Long, Row> ROWS =
      Table.of(
          "rows",
          Codec.u64(),
          Codec.record(Row.class, Codec.utf8(), Codec.nullable(Codec.i32()), Codec.utf8()));

  private static final Index<String, Long, Row> BY_NAME = ROWS.index("by name", Row::name);
  private static final Index<Integer, Long, Row> BY_CODE = ROWS.uniqueIndex("by code", Row::code);
  private static final Index<String, Long, Row> BY_TAG =
      ROWS.indexEach("by tag", Codec.utf8(), "tags", TypedUse::tags);
  private static final List<Index<?, Long, Row>> INDEXES = List.of(BY_NAME, BY_CODE, BY_TAG);

  static final BlobTable<String> FILES = AnyTable.blobs("files", Codec.utf8(), 100);

  private static final int ROW_COUNT = 24;
  private static final int MOST_KEYS = 8;

  /** A crafted head may say any length. */
  private static final long MOST_BYTES = 1 << 20;

  /** Whether the check has found nothing. */
  private final boolean ok;

  /** Use of a hostile file. */
  TypedUse(boolean ok) {
    this.ok = ok;
  }

  private static List<String> tags(Row row) {
    return row.tags.chars().mapToObj(Character::toString).toList();
  }

  static void register(Database db) {
    db.register(INDEXES.toArray(Index<?, ?, ?>[]::new));
  }

  private static Row row(int n) {
    return new Row(
        "name " + Math.floorMod(n * 7, ROW_COUNT) + "x".repeat(Math.floorMod(n, 5) * 20),
        n % 4 == 0 ? null : n * 31,
        "abcdef".substring(Math.floorMod(n, 6)));
  }

  private static byte[] value(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (length + i);
    }
    return bytes;
  }

  /** Rows and their indexes. */
  static void putRows(WriteTxn tx) {
    for (int n = 0; n < ROW_COUNT; n++) {
      tx.put(ROWS, (long) n, row(n));
    }
  }

  /** Values of none, one and many chunks. */
  static void putValues(WriteTxn tx) {
    for (int length : new int[] {0, 1, 100, 250, 1500}) {
      put(tx, "of " + length, length);
    }
  }

  private static void put(WriteTxn tx, String key, int length) {
    try {
      long _ =
          tx.put(FILES, key, Channels.newChannel(new ByteArrayInputStream(value(length))), length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- in hostile files

  private interface Step {
    void run() throws IOException;
  }

  /** Runs a step that may fail as only a typed call does. */
  private void answered(Step step) {
    try {
      step.run();
    } catch (CodecException | UniqueIndexException | IndexNotRegisteredException answer) {
      // The bytes are those of no row; a code has two; a table claims to have another index.
    } catch (IllegalArgumentException e) {
      if (!isOfOtherIds(String.valueOf(e.getMessage()))) {
        throw e;
      }
    } catch (IllegalStateException e) {
      if (!isOfIndex(String.valueOf(e.getMessage())) && (ok || !isOfMissing(e))) {
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOfOtherIds(String message) {
    return message.contains("written with codec")
        || message.contains("and is used as")
        || message.contains(" in the file, not ");
  }

  /** It is missing, or being built. */
  private static boolean isOfIndex(String message) {
    return message.startsWith("index ");
  }

  /** A search does not find what was stored where keys are out of order. */
  private static boolean isOfMissing(IllegalStateException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("was deleted since the channel was opened")
        || message.contains("the source of the put has dropped or cleared the table");
  }

  /** Reads all by its indexes, and the values as channels. */
  void read(ReadTxn tx) {
    for (Index<?, Long, Row> index : INDEXES) {
      answered(() -> tx.scan(index, Range.all()).forEach(_ -> {}));
      answered(() -> tx.scanKeys(index, Range.all()).forEach(_ -> {}));
      answered(
          () -> {
            long _ = tx.count(index, Range.all());
          });
    }
    answered(
        () -> {
          Entry<Long, Row> _ = tx.get(BY_CODE, 31);
        });
    answered(() -> readKeys(tx).forEach(key -> answered(() -> readValue(tx, key))));
  }

  private static List<String> readKeys(ReadTxn tx) {
    List<String> keys = new ArrayList<>();
    for (String key : tx.keys(FILES, Range.<String>all().limit(1000))) {
      if (keys.size() < MOST_KEYS) {
        keys.add(key);
      }
    }
    return keys;
  }

  private void readValue(ReadTxn tx, String key) throws IOException {
    BlobChannel channel = tx.read(FILES, key);
    if (channel == null) { // a scan finds the key, a search does not
      return;
    }
    ByteBuffer buffer = ByteBuffer.allocate(333);
    for (long read = 0; read < MOST_BYTES && channel.read(buffer.clear()) > 0; ) {
      read += buffer.position();
    }
    if (channel.size() < MOST_BYTES) {
      BlobChannel from = channel.position(channel.size() / 3);
      long _ = from.transferTo(Channels.newChannel(OutputStream.nullOutputStream()));
    }
  }

  /** Puts, changes and removes rows. */
  void changeRows(WriteTxn tx) {
    answered(
        () -> {
          List<Long> keys = tx.scan(ROWS, Range.<Long>all().limit(MOST_KEYS)).keys();
          for (long key : keys) {
            answered(() -> tx.put(ROWS, key, row((int) key + 1000)));
            answered(
                () -> {
                  boolean _ = key % 2 == 0 && tx.delete(ROWS, key);
                });
          }
        });
    answered(() -> tx.put(ROWS, -1L, row(77)));
    answered(
        () -> {
          long _ = tx.deleteRange(ROWS, Range.atLeast(ROW_COUNT / 2L));
        });
  }

  /** Puts, changes, truncates and removes values. */
  void changeValues(WriteTxn tx) {
    answered(
        () -> {
          for (String key : readKeys(tx)) {
            answered(() -> changeValue(tx, key));
          }
        });
    answered(() -> put(tx, "new", 555));
  }

  private void changeValue(WriteTxn tx, String key) throws IOException {
    BlobChannel channel = tx.write(FILES, key);
    int _ = channel.position(channel.size() / 2).write(ByteBuffer.allocate(120));
    BlobChannel _ = channel.truncate(channel.size() / 3 * 2);
    switch (Math.floorMod(key.hashCode(), 3)) {
      case 0 -> put(tx, key, 333);
      case 1 -> {
        boolean _ = tx.delete(FILES, key);
      }
      default -> {
        int _ = channel.position(channel.size()).write(ByteBuffer.allocate(50));
      }
    }
  }
}
