package dev.pando.pager;

import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Reads an increment of a backup, and verifies each part before it is used. For one thread. */
public final class IncrementReader implements AutoCloseable {
  /** Sees the pages of a part. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Sees pages that follow each other.
     *
     * @param pages from its position to its limit; valid for this call
     * @param pgno the first one's number
     */
    void pages(ByteBuffer pages, long pgno);
  }

  private final Input input;
  private final String name;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(IncrementLayout.PART_SIZE + IncrementLayout.MOST_BYTES)
          .order(ByteOrder.LITTLE_ENDIAN);
  private final CRC32C crc = new CRC32C();
  private final long since;
  private final long pages;
  private final Meta meta;
  private int pageSize;

  /** Where the next part begins. */
  private long at;

  /** The lowest page that the next part may have. */
  private long next = PageHeader.FIRST_PGNO;

  /** Where the bytes of an increment come from, one after the other. */
  interface Input extends AutoCloseable {
    /** Bytes in all; {@link Long#MAX_VALUE} if that is not known. */
    long size();

    /**
     * Fills the buffer from its position to its limit with the bytes that follow.
     *
     * @return whether there were enough
     */
    boolean read(ByteBuffer target, long offset);

    @Override
    void close();
  }

  /** The bytes of a file, which nothing may follow. */
  private record FileInput(PageFile file) implements Input {
    @Override
    public long size() {
      return file.size();
    }

    @Override
    public boolean read(ByteBuffer target, long offset) {
      if (target.remaining() > file.size() - offset) {
        return false;
      }
      file.read(target, offset);
      return true;
    }

    @Override
    public void close() {
      file.close();
    }
  }

  /**
   * Reads the header and the meta.
   *
   * @param file closed by {@link #close}
   * @throws UnsupportedFormatException if it is no increment, or one of another version
   * @throws CorruptFileException if it is damaged
   */
  public IncrementReader(PageFile file) {
    this(new FileInput(file), String.valueOf(file.path()));
  }

  /**
   * Reads an increment from a channel, and writes its bytes to a file as they come. Bytes that
   * follow it stay in the channel.
   *
   * @param in the channel
   * @param copy an empty file, which {@link #close} does not close
   */
  public IncrementReader(SequentialInput in, PageFile copy) {
    this(in.copiedTo(copy), in.name());
  }

  private IncrementReader(Input input, String name) {
    this.input = input;
    this.name = name;
    read(0, IncrementLayout.SIZE, 0);
    checkKind();
    crc.update(buffer.slice(0, IncrementLayout.CHECKSUM));
    checkSum(buffer.getInt(IncrementLayout.CHECKSUM), 0);
    since = buffer.getLong(IncrementLayout.SINCE);
    pages = buffer.getLong(IncrementLayout.PAGES);
    pageSize = buffer.getInt(IncrementLayout.PAGE_SIZE);
    if (!PageHeader.isPageSize(pageSize)) {
      throw corrupt(0, "page size %d, allowed: a power of two from 512 to 65536", pageSize);
    }
    long most = (input.size() - IncrementLayout.SIZE) / pageSize;
    if (pages < 0 || pages > most) {
      throw corrupt(0, "%d pages, allowed: 0 to %d in a file of its length", pages, most);
    }
    at = IncrementLayout.SIZE;
    Meta found = readMeta();
    if (found == null || found.pageSize() != pageSize || since < 0 || since > found.txnId()) {
      throw corrupt(IncrementLayout.SIZE, "its meta is damaged, or older than %d", since);
    }
    meta = found;
  }

  private void checkKind() {
    if (buffer.getLong(IncrementLayout.MAGIC) != IncrementLayout.MAGIC_VALUE) {
      throw unsupported("a file that is no increment");
    }
    int version = buffer.getInt(IncrementLayout.VERSION);
    if (version != IncrementLayout.CURRENT_VERSION) {
      throw unsupported("an increment of version " + version);
    }
  }

  private UnsupportedFormatException unsupported(String found) {
    return new UnsupportedFormatException(
        name,
        found,
        "increments of version "
            + IncrementLayout.CURRENT_VERSION
            + " of databases of version "
            + MetaLayout.VERSION,
        "name files that Database.backupSince of this version has written, in their order");
  }

  private @Nullable Meta readMeta() {
    long pgno = readPart();
    if (pgno != 0 || buffer.remaining() != pageSize) {
      throw corrupt(IncrementLayout.SIZE, "a part from page %d on in place of its meta", pgno);
    }
    byte[] page = new byte[pageSize];
    buffer.get(page);
    MetaDecoder decoder = new MetaDecoder(page, 0, pageSize, 0);
    if (decoder.checksumHolds()) {
      checkKnown(page, decoder);
    }
    return decoder.decode(Long.MAX_VALUE).meta();
  }

  /** What this build does not know, a restored file would lack. */
  private void checkKnown(byte[] page, MetaDecoder decoder) {
    int version = PageBytes.i32(page, MetaLayout.FORMAT_VERSION);
    if (version != MetaLayout.VERSION) {
      throw unsupported(
          "an increment of a database of version " + Integer.toUnsignedString(version));
    }
    if (!decoder.features().canRead()) {
      throw decoder.features().unreadable(name);
    }
    if (decoder.hasUnknownTrees()) {
      throw unsupported("a kind of tree that this version does not know");
    }
  }

  /** The commit whose pages it completes. */
  public Meta meta() {
    return meta;
  }

  /** The commit that it is to be added to. */
  public long since() {
    return since;
  }

  /** The file. */
  public String name() {
    return name;
  }

  /** Bytes of the pages. */
  public long bytes() {
    return pages * pageSize;
  }

  /**
   * Reads all pages, once.
   *
   * @throws CorruptFileException if a part is damaged or missing; parts before it have been visited
   */
  public void forEach(Visitor visitor) {
    long found = 0;
    while (true) {
      long begin = at;
      long pgno = readPart();
      int count = buffer.remaining() / pageSize;
      if (count == 0) {
        break;
      }
      if (pgno < next || pgno > meta.pageCount() - count) {
        throw corrupt(
            begin,
            "pages %d to %d, allowed: %d to %d",
            pgno,
            pgno + count - 1,
            next,
            meta.pageCount() - 1);
      }
      next = pgno + count;
      found += count;
      visitor.pages(buffer, pgno);
    }
    long end = input.size() == Long.MAX_VALUE ? at : input.size();
    if (found != pages || at != end) {
      throw corrupt(at, "%d pages in %d bytes, allowed: %d in %d", found, end, pages, at);
    }
  }

  /** Reads a part into the buffer, so that its pages remain; returns the first one's number. */
  private long readPart() {
    long begin = at;
    read(0, IncrementLayout.PART_SIZE, begin);
    int stored = buffer.getInt(IncrementLayout.PART_CHECKSUM);
    long count = buffer.getInt(IncrementLayout.PART_PAGES) & 0xFFFF_FFFFL;
    long pgno = buffer.getLong(IncrementLayout.PART_PGNO);
    if (count * pageSize > IncrementLayout.MOST_BYTES) {
      throw corrupt(
          begin, "a part of %d pages, allowed: %d bytes", count, IncrementLayout.MOST_BYTES);
    }
    int bytes = (int) count * pageSize;
    read(IncrementLayout.PART_SIZE, bytes, begin + IncrementLayout.PART_SIZE);
    crc.update(
        buffer.slice(
            IncrementLayout.PART_PAGES,
            IncrementLayout.PART_SIZE - IncrementLayout.PART_PAGES + bytes));
    checkSum(stored, begin);
    buffer.position(IncrementLayout.PART_SIZE);
    at = begin + IncrementLayout.PART_SIZE + bytes;
    return pgno;
  }

  /** Reads bytes to a place in the buffer, which then has all up to their end. */
  private void read(int place, int bytes, long offset) {
    buffer.clear().position(place).limit(place + bytes);
    if (!input.read(buffer, offset)) {
      throw corrupt(
          offset,
          "it ends after %d bytes, allowed: %d or more; copy it again",
          input.size() == Long.MAX_VALUE ? offset + buffer.position() - place : input.size(),
          offset + bytes);
    }
    buffer.flip();
  }

  private void checkSum(int stored, long offset) {
    int computed = (int) crc.getValue();
    if (computed != stored) {
      throw corrupt(
          offset,
          "checksum %08x stored, %08x computed; use another copy of it, or a later full backup",
          stored,
          computed);
    }
  }

  private CorruptFileException corrupt(long offset, String reason, Object... arguments) {
    return new CorruptFileException(
        name, -1, "offset " + offset + ": " + String.format(reason, arguments));
  }

  @Override
  public void close() {
    input.close();
  }
}
