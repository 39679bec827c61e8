package dev.pando.txn.commit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.btree.KeyBuffer;
import dev.pando.btree.Tree;
import dev.pando.btree.TreeWriter;
import dev.pando.error.CorruptFileException;
import dev.pando.pager.LogLayout;
import dev.pando.pager.LogReader;
import dev.pando.pager.PageBytes;
import dev.pando.txn.catalog.UsedCodecs;
import dev.pando.txn.file.DataFile;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes the changes of the commit log's records again, in one transaction on the commit that
 * recovery has found. Every number of a record is checked: its checksum holds, but the file may be
 * crafted.
 */
public final class Replay {
  private final Changes changes;
  private final DataFile file;
  private final LogReader log;
  private final KeyBuffer key;
  private @Nullable TreeWriter tree;
  private byte[] record = {};
  private MemorySegment values = MemorySegment.NULL;
  private int end;
  private int at;

  private Replay(Changes changes, DataFile file) {
    this.changes = changes;
    this.file = file;
    log = new LogReader(file.file(), changes.base().meta());
    key = new KeyBuffer(Tree.maxKey(file.pageSize()));
  }

  /**
   * Makes the changes of the records, if there are any, and syncs them. For the process that is
   * alone, before others enter and before anything is read.
   */
  public static void run(Writer writer, DataFile file) {
    writer.replays(true);
    try {
      Changes changes = Objects.requireNonNull(writer.begin(null));
      boolean[] ended = new boolean[1];
      try {
        new Replay(changes, file).run();
        writer.commit(changes, true, () -> ended[0] = true);
      } finally {
        if (!ended[0]) {
          writer.rollBack(changes, false);
        }
      }
    } finally {
      writer.replays(false);
    }
  }

  /** Makes the changes of all records that follow the base. */
  private void run() {
    while (log.next()) {
      record = log.record();
      values = MemorySegment.ofArray(record).asReadOnly();
      end = log.length();
      at = LogLayout.CHANGES;
      tree = null;
      while (at < end) {
        change();
      }
    }
  }

  private void change() {
    changes.pages().spillIfLarge();
    changes.free().mayUseReserve(true); // they had their pages before the crash
    int kind = PageBytes.u8(record, at++);
    switch (kind) {
      case LogLayout.TABLE -> tree = table();
      case LogLayout.PUT -> put();
      case LogLayout.DELETE -> delete();
      default -> throw wrong("kind of change", kind, LogLayout.TABLE, LogLayout.DELETE);
    }
  }

  private TreeWriter table() {
    String name = text();
    String keyId = text();
    String valueId = text();
    if (name.isEmpty()) {
      throw wrong("an empty name of a table");
    }
    try {
      changes.catalog().checkName(name);
      return changes.catalog().findOrCreate(name, UsedCodecs.ofIds(keyId, valueId));
    } catch (IllegalArgumentException e) {
      throw wrong("table: " + e.getMessage());
    }
  }

  private String text() {
    int length = number16();
    need(length);
    String text = new String(record, at, length, UTF_8);
    if (!Arrays.equals(text.getBytes(UTF_8), Arrays.copyOfRange(record, at, at + length))) {
      throw wrong("a name that is not UTF-8");
    }
    at += length;
    return text;
  }

  private void put() {
    int keyLength = number16();
    need(Integer.BYTES);
    long valueLength = PageBytes.u32(record, at);
    at += Integer.BYTES;
    key(keyLength);
    need(valueLength);
    boolean _ = tree().put(key, values, at, valueLength);
    at += (int) valueLength;
  }

  private void delete() {
    key(number16());
    boolean _ = tree().delete(key);
  }

  private void key(int length) {
    need(length);
    if (length > key.capacity()) {
      throw wrong("key length", length, 0, key.capacity());
    }
    key.set(values, at, length);
    at += length;
  }

  private TreeWriter tree() {
    if (tree == null) {
      throw wrong("a change names no table");
    }
    return tree;
  }

  private int number16() {
    need(Short.BYTES);
    int number = PageBytes.u16(record, at);
    at += Short.BYTES;
    return number;
  }

  private void need(long bytes) {
    if (bytes > end - at) {
      throw wrong("bytes left", end - at, bytes, Integer.MAX_VALUE);
    }
  }

  private CorruptFileException wrong(String what, long found, long least, long most) {
    return wrong(what + "=" + found + ", allowed " + least + " to " + most);
  }

  private CorruptFileException wrong(String what) {
    return new CorruptFileException(
        file.name(),
        log.pgno(),
        "commit log, transaction %d: %s; restore the file from a copy, or open it for reading only with Options.withLogIgnored"
            .formatted(log.txnId(), what));
  }
}
