package dev.pando.cli;

import dev.pando.error.CorruptFileException;
import dev.pando.pager.FileStorage;
import dev.pando.pager.Meta;
import dev.pando.pager.MetaSlots;
import dev.pando.pager.PageFile;
import dev.pando.pager.PageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Pages of a file as they are, read by ordinary reads without the engine, so also of a file that is
 * damaged. Not thread-safe.
 */
@SuppressWarnings("ByteBufferBackingArray") // read() allocates it, and its array begins with it
final class RawPages implements AutoCloseable {
  /** A page of a longer run is read in parts. */
  private static final int PART = 1 << 20;

  private static final int MAX_LEAF_BYTES = 65_536;

  /**
   * The header of a page.
   *
   * @param at where it was read, which a whole page names as its {@code pgno}
   * @param sound whether its number, its length and its checksum hold
   */
  record Head(
      long at,
      int type,
      int flags,
      int count,
      int cellBytes,
      int prefix,
      long pages,
      long pgno,
      long birth,
      boolean sound) {
    /** The type in words. */
    String typeName() {
      return switch (type) {
        case PageHeader.META -> "meta";
        case PageHeader.BRANCH -> "branch";
        case PageHeader.LEAF -> "leaf";
        case PageHeader.OVERFLOW -> "overflow";
        case PageHeader.LOG -> "log";
        default -> "type " + type;
      };
    }
  }

  private final Path file;
  private final FileChannel channel;
  private final MetaSlots slots;
  private final int pageSize;
  private long pageCount;

  private RawPages(Path file, FileChannel channel, MetaSlots slots) throws IOException {
    this.file = file;
    this.channel = channel;
    this.slots = slots;
    this.pageSize = slots.pageSize();
    this.pageCount = channel.size() / pageSize;
  }

  /**
   * Opens a file.
   *
   * @throws CorruptFileException if no meta slot is valid
   */
  static RawPages open(Path file) throws IOException {
    MetaSlots slots;
    try (PageFile pages = new FileStorage().open(file, false)) {
      slots = MetaSlots.read(pages);
    }
    return new RawPages(file, FileChannel.open(file, StandardOpenOption.READ), slots);
  }

  /** The slots as they were when the file was opened. */
  MetaSlots slots() {
    return slots;
  }

  /**
   * The commit of a slot, as it was when the file was opened.
   *
   * @throws Fault if there is no such slot, or no valid commit in it
   */
  Meta commitIn(int slot) {
    if (slot < 0 || slot >= PageHeader.META_SLOTS) {
      throw Fault.usage(
          "--meta %d: allowed 0 to %d, the meta slots of a file"
              .formatted(slot, PageHeader.META_SLOTS - 1));
    }
    for (MetaSlots.Valid each : slots.valid()) {
      if (each.slot() == slot) {
        return each.meta();
      }
    }
    throw Fault.found("%s: meta slot %d has no valid commit".formatted(file, slot));
  }

  /** The metas that are in the slots now, and also the length that the file has now. */
  List<Meta> metasNow() throws IOException {
    pageCount = channel.size() / pageSize;
    List<Meta> metas = new ArrayList<>();
    for (int slot = 0; slot < PageHeader.META_SLOTS; slot++) {
      ByteBuffer page = read((long) slot * pageSize, pageSize);
      Meta meta = page.limit() < pageSize ? null : Meta.decode(page.array(), slot);
      if (meta != null) {
        metas.add(meta);
      }
    }
    return metas;
  }

  int pageSize() {
    return pageSize;
  }

  /** Whole pages in the file. */
  long pageCount() {
    return pageCount;
  }

  Path file() {
    return file;
  }

  /** Bytes of the file; fewer where it ends. */
  ByteBuffer read(long offset, int bytes) throws IOException {
    ByteBuffer to = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (to.hasRemaining()) {
      int read = channel.read(to, offset + to.position());
      if (read < 0) {
        break;
      }
    }
    return to.flip();
  }

  /** The header of a page, and whether its checksum holds. */
  Head head(long at) throws IOException {
    return head(at, true);
  }

  /** The header of a page alone; its checksum is not looked at, and it is not {@code sound}. */
  Head unverified(long at) throws IOException {
    return head(at, false);
  }

  private Head head(long at, boolean verifies) throws IOException {
    long offset = Math.multiplyExact(at, pageSize);
    ByteBuffer head = read(offset, PageHeader.SIZE);
    if (head.limit() < PageHeader.SIZE) {
      throw Fault.usage("%s: page %d, allowed 0 to %d".formatted(file, at, pageCount - 1));
    }
    int type = head.get(PageHeader.TYPE) & 0xFF;
    long pages = Integer.toUnsignedLong(head.getInt(PageHeader.PAGES));
    long pgno = head.getLong(PageHeader.PGNO);
    boolean isLong = type == PageHeader.LEAF || type == PageHeader.OVERFLOW;
    boolean fits = pages >= 1 && pages <= pageCount - at && (isLong || pages == 1);
    boolean small = type != PageHeader.LEAF || pages * pageSize <= MAX_LEAF_BYTES;
    boolean sound =
        verifies
            && pgno == at
            && fits
            && small
            && checksum(offset, pages * pageSize) == head.getInt(PageHeader.CHECKSUM);
    return new Head(
        at,
        type,
        head.get(PageHeader.FLAGS) & 0xFF,
        Short.toUnsignedInt(head.getShort(PageHeader.COUNT)),
        Short.toUnsignedInt(head.getShort(PageHeader.CELL_BYTES)),
        Short.toUnsignedInt(head.getShort(PageHeader.PREFIX)),
        pages,
        pgno,
        head.getLong(PageHeader.BIRTH),
        sound);
  }

  private int checksum(long offset, long bytes) throws IOException {
    CRC32C crc = new CRC32C();
    long end = offset + bytes;
    long at = offset + Integer.BYTES;
    while (at < end) {
      ByteBuffer part = read(at, (int) Math.min(PART, end - at));
      if (!part.hasRemaining()) {
        break;
      }
      at += part.remaining();
      crc.update(part);
    }
    return (int) crc.getValue();
  }

  /** The node of a reference; null if it is not sound, or another page. */
  @Nullable Node node(long pgno, long birth, boolean isBranch, boolean counted) throws IOException {
    if (pgno < PageHeader.FIRST_PGNO || pgno >= pageCount) {
      return null;
    }
    Head head = head(pgno);
    int type = isBranch ? PageHeader.BRANCH : PageHeader.LEAF;
    if (!head.sound || head.birth != birth || head.type != type) {
      return null;
    }
    ByteBuffer page = read(pgno * pageSize, (int) head.pages * pageSize);
    return new Node(head, page, counted);
  }

  /** The value of an overflow run; null if the run is not sound, or another one. */
  byte @Nullable [] overflow(Node.Cell cell) throws IOException {
    long pgno = cell.pgno();
    if (pgno < PageHeader.FIRST_PGNO || pgno >= pageCount) {
      return null;
    }
    Head head = head(pgno);
    boolean fits = cell.length() <= head.pages * pageSize - PageHeader.SIZE;
    if (!head.sound || head.birth != cell.birth() || head.type != PageHeader.OVERFLOW || !fits) {
      return null;
    }
    ByteBuffer value = read(pgno * pageSize + PageHeader.SIZE, Math.toIntExact(cell.length()));
    return value.array();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
