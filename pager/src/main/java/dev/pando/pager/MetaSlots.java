package dev.pando.pager;

import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The three meta slots of a file, as found at opening. Recovery chooses the meta to trust: a valid
 * one only says what its writer intended to be on disk.
 *
 * @param pageSize bytes of a page, as every valid slot says
 * @param valid slots whose checksum holds and whose fields are in range, newest transaction first;
 *     at least one
 * @param damaged slots that have neither a valid meta nor zeros
 */
public record MetaSlots(int pageSize, List<Valid> valid, List<Damaged> damaged) {
  /** A slot that holds a meta. */
  public record Valid(int slot, Meta meta) {}

  /**
   * A slot that was written but does not hold a valid meta.
   *
   * @param idLimit the limit of ids of a whole meta that does not count; 0 if there is none
   */
  public record Damaged(int slot, String reason, long idLimit) {}

  /** Tried first: opening a file of this page size reads 12 KiB instead of 192. */
  private static final int USUAL_PAGE_SIZE = 4096;

  /** Copies the lists. */
  public MetaSlots {
    valid = List.copyOf(valid);
    damaged = List.copyOf(damaged);
  }

  /**
   * The highest id that a transaction may have used. A meta that names more pages than the file has
   * counts here, too: it is valid again as soon as the file has them. Metas older than a seal do
   * not count: no transaction used an id between the seal and the next claim.
   */
  public long idLimit() {
    long limit = 0;
    for (Valid slot : valid) { // newest first
      limit = Math.max(limit, slot.meta.idLimit());
      if (slot.meta.isSealed()) {
        break;
      }
    }
    for (Damaged slot : damaged) {
      limit = Math.max(limit, slot.idLimit);
    }
    return limit;
  }

  /** Whether the newest meta is still the same one. */
  public boolean isNewest(MetaSlots now) {
    return valid.getFirst().meta.txnId() == now.valid.getFirst().meta.txnId();
  }

  /**
   * Reads the slots by ordinary reads, whatever the file's page size is.
   *
   * @throws UnsupportedFormatException if the file is not a Pando database, or of another version
   * @throws CorruptFileException if it is one, but no slot has a valid meta
   */
  public static MetaSlots read(PageFile file) {
    return read(file, String.valueOf(file.path()));
  }

  private static MetaSlots read(PageFile file, String name) {
    long fileSize = file.size();
    if (fileSize == 0) {
      throw new UnsupportedFormatException(
          name,
          "an empty file",
          MetaScan.SUPPORTED,
          "open it for writing, with leave to create, to make it a database; if it was one, restore"
              + " it from a copy");
    }
    byte[] head = head(file, USUAL_PAGE_SIZE, fileSize);
    if (MetaScan.hasMagic(head, 0)
        && PageBytes.u32(head, MetaLayout.PAGE_SIZE) == USUAL_PAGE_SIZE) {
      MetaScan scan = new MetaScan(head, fileSize);
      MetaSlots slots = scan.slots(USUAL_PAGE_SIZE);
      scan.checkFeatures(name);
      if (scan.otherVersion == null && !slots.valid.isEmpty()) {
        return slots;
      }
    }
    return read(name, head(file, PageHeader.MAX_PAGE_SIZE, fileSize), fileSize);
  }

  /** The bytes of the file that the slots take. */
  private static byte[] head(PageFile file, int pageSize, long fileSize) {
    long bytes = Math.min((long) PageHeader.META_SLOTS * pageSize, fileSize);
    byte[] head = new byte[(int) bytes];
    file.read(ByteBuffer.wrap(head), 0);
    return head;
  }

  private static MetaSlots read(String name, byte[] head, long fileSize) {
    MetaScan scan = new MetaScan(head, fileSize);
    MetaSlots best = null;
    int bestScore = -1;
    for (int pageSize : candidates(head)) {
      MetaSlots slots = scan.slots(pageSize);
      if (scan.otherVersion != null) {
        throw MetaScan.otherVersion(name, scan.otherVersion);
      }
      scan.checkFeatures(name);
      if (!slots.valid.isEmpty()) {
        return slots;
      }
      if (scan.score > bestScore) {
        bestScore = scan.score;
        best = slots;
      }
    }
    throw scan.nothingValid(name, best);
  }

  /**
   * Page sizes to try: the one that slot 0 names, if there is one, then all in ascending order. A
   * size below the true one leads only into the slots, never into stored data.
   */
  private static List<Integer> candidates(byte[] head) {
    List<Integer> sizes = new ArrayList<>();
    if (MetaScan.hasMagic(head, 0)) {
      long claim = PageBytes.u32(head, MetaLayout.PAGE_SIZE);
      if (PageHeader.isPageSize(claim)) {
        sizes.add((int) claim);
      }
    }
    for (int size = PageHeader.MIN_PAGE_SIZE; size <= PageHeader.MAX_PAGE_SIZE; size *= 2) {
      if (!sizes.contains(size)) {
        sizes.add(size);
      }
    }
    return sizes;
  }
}
