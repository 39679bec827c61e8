package dev.pando.pager;

import dev.pando.error.CorruptFileException;
import dev.pando.error.StorageException;
import dev.pando.error.UnsupportedFormatException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Verifies pages in the order in which they are in the file, without the references that name them:
 * the checksum, the page number, the type, and that the birth is not that of a later transaction.
 * Runs may continue from one batch to the next. For one thread.
 */
public final class SequentialVerifier {
  private final String name;
  private final int pageSize;
  private final long lastTxn;
  private final CRC32C crc = new CRC32C();

  /** The first page of the run that is being read. */
  private long first;

  /** How many of its pages follow. */
  private long left;

  private int checksum;

  /** A fault of its header, reported if the checksum is valid; null if there is none. */
  private @Nullable StorageException wrong;

  /**
   * A verifier.
   *
   * @param name the file, for messages
   * @param lastTxn no page has a higher birth
   */
  public SequentialVerifier(String name, int pageSize, long lastTxn) {
    PageHeader.checkPageSize(pageSize);
    this.name = name;
    this.pageSize = pageSize;
    this.lastTxn = lastTxn;
  }

  /**
   * Verifies whole pages.
   *
   * @param batch from its position to its limit, which stay as they are
   * @param pgno the first page's number: it follows the last batch, unless that ended with a run
   * @param end the pages before this are in use and follow each other
   * @throws CorruptFileException if a page is not as it was written
   * @throws UnsupportedFormatException if a page is whole, but of a type that this build does not
   *     know
   */
  public void verify(ByteBuffer batch, long pgno, long end) {
    MemorySegment pages = MemorySegment.ofBuffer(batch);
    long count = pages.byteSize() / pageSize;
    for (long at = 0; at < count; ) {
      long next = at + 1;
      if (left == 0) {
        begin(pages.asSlice(at * pageSize, pageSize), pgno + at, end);
        sum(batch, at * pageSize + PageHeader.TYPE, next * pageSize);
      } else {
        next = at + Math.min(left, count - at);
        sum(batch, at * pageSize, next * pageSize);
        left -= next - at;
      }
      if (left == 0) {
        checkRun();
      }
      at = next;
    }
  }

  private void begin(MemorySegment page, long pgno, long end) {
    int type = PageHeader.type(page, 0) & 0xFF;
    long pages = PageHeader.pages(page, 0);
    long most = mostPages(type, end - pgno);
    boolean isOfTree = type >= PageHeader.BRANCH && type <= PageHeader.OVERFLOW;
    boolean plausible = isOfTree && pages >= 1 && pages <= most;
    first = pgno;
    checksum = PageHeader.checksum(page, 0);
    crc.reset();
    left = plausible ? pages - 1 : 0; // otherwise it is summed as one page
    wrong = null;
    if (PageVerifier.isUnknown(type)) {
      wrong = PageVerifier.unknownType(name, type, pgno);
    } else if (!plausible) {
      wrong =
          corrupt(
              "type %d with %d pages, allowed: types 2 to 4, and 1 to %d pages"
                  .formatted(type, pages, most));
    } else if (type == PageHeader.LEAF && PageHeader.leafPages(page, 0) != pages) {
      int flagged = PageHeader.leafPages(page, 0);
      wrong = corrupt("a leaf of " + pages + " pages, whose flags say " + flagged);
    } else {
      checkIdentity(PageHeader.pgno(page, 0), PageHeader.birth(page, 0));
    }
  }

  private long mostPages(int type, long room) {
    return switch (type) {
      case PageHeader.OVERFLOW -> room;
      case PageHeader.LEAF -> Math.min(PageHeader.maxLeafPages(pageSize), room);
      default -> 1;
    };
  }

  private void checkIdentity(long number, long birth) {
    if (number != first || birth <= 0 || birth > lastTxn) {
      wrong =
          corrupt(
              "the page carries number %d and transaction %d, allowed: its own number, and transactions 1 to %d"
                  .formatted(number, birth, lastTxn));
    }
  }

  private void sum(ByteBuffer batch, long from, long to) {
    crc.update(batch.slice(batch.position() + (int) from, (int) (to - from)));
  }

  private void checkRun() {
    int computed = (int) crc.getValue();
    if (computed != checksum) {
      throw corrupt(
          "checksum %08x stored, %08x computed; restore the file from a copy"
              .formatted(checksum, computed));
    }
    if (wrong != null) {
      throw wrong;
    }
  }

  private CorruptFileException corrupt(String reason) {
    return new CorruptFileException(name, first, reason);
  }
}
