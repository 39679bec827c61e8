package dev.pando.txn.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.PageBytes;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.TableNames;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** Reads one value of a feed's tree. It may be crafted, so every length is checked. */
final class FeedBytes {
  private final String file;
  private final String feed;
  private final byte[] bytes;
  private int at;

  FeedBytes(String file, String feed, byte[] bytes) {
    this.file = file;
    this.feed = feed;
    this.bytes = bytes;
  }

  int u8() {
    need(Byte.BYTES);
    return PageBytes.u8(bytes, at++);
  }

  int u16() {
    need(Short.BYTES);
    at += Short.BYTES;
    return PageBytes.u16(bytes, at - Short.BYTES);
  }

  long u32() {
    need(Integer.BYTES);
    at += Integer.BYTES;
    return PageBytes.u32(bytes, at - Integer.BYTES);
  }

  /** A number that is not negative. */
  long u64() {
    need(Long.BYTES);
    at += Long.BYTES;
    long number = PageBytes.u64(bytes, at - Long.BYTES);
    if (number < 0) {
      throw wrong("a number of 0x%x, allowed less".formatted(number));
    }
    return number;
  }

  /** A u16 length and UTF-8. */
  String text() {
    byte[] text = bytes(u16());
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
    } catch (CharacterCodingException e) {
      throw wrong("text that is not UTF-8");
    }
  }

  /** The name of a table of a user. */
  String tableName() {
    int begin = at + Short.BYTES;
    String name = text();
    if (name.isEmpty() || TableNames.isInternal(name) || at - begin >= CatalogEntry.MAX_KEY) {
      throw wrong(
          "a table name of %d bytes, allowed 1 to %d, the first one is not 0"
              .formatted(at - begin, CatalogEntry.MAX_KEY - 1));
    }
    return name;
  }

  byte[] bytes(long count) {
    need(count);
    byte[] part = new byte[(int) count];
    System.arraycopy(bytes, at, part, 0, part.length);
    at += part.length;
    return part;
  }

  byte[] rest() {
    return bytes(bytes.length - at);
  }

  void atEnd() {
    if (at != bytes.length) {
      throw wrong((bytes.length - at) + " bytes after its end");
    }
  }

  private void need(long count) {
    if (count > bytes.length - at) {
      throw wrong("it ends after %d bytes, in the middle".formatted(bytes.length));
    }
  }

  CorruptFileException wrong(String what) {
    return corrupt(file, feed, what);
  }

  static CorruptFileException corrupt(String file, String feed, String what) {
    return new CorruptFileException(
        file, -1, "feed %s: %s; drop the feed, and create it again".formatted(feed, what));
  }
}
