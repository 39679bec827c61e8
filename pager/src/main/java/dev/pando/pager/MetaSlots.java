package dev.pando.pager;

import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

  private static final String SUPPORTED = "Pando format version " + MetaLayout.VERSION;

  /** Tried first: opening a file of this page size reads 12 KiB instead of 192. */
  private static final int USUAL_PAGE_SIZE = 4096;

  private static final long SMALLEST_FILE = (long) PageHeader.META_SLOTS * PageHeader.MIN_PAGE_SIZE;

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
          SUPPORTED,
          "open it for writing, with leave to create, to make it a database; if it was one, restore it"
              + " from a copy");
    }
    MemorySegment head = head(file, USUAL_PAGE_SIZE, fileSize);
    if (hasMagic(head, 0)
        && Integer.toUnsignedLong(head.get(PageHeader.U32, MetaLayout.PAGE_SIZE))
            == USUAL_PAGE_SIZE) {
      Scan scan = new Scan(head, fileSize);
      MetaSlots slots = scan.slots(USUAL_PAGE_SIZE);
      scan.checkFeatures(name);
      if (scan.otherVersion == null && !slots.valid.isEmpty()) {
        return slots;
      }
    }
    return read(name, head(file, PageHeader.MAX_PAGE_SIZE, fileSize), fileSize);
  }

  /** The bytes of the file that the slots take. */
  private static MemorySegment head(PageFile file, int pageSize, long fileSize) {
    long bytes = Math.min((long) PageHeader.META_SLOTS * pageSize, fileSize);
    ByteBuffer head = ByteBuffer.allocate((int) bytes);
    file.read(head, 0);
    return MemorySegment.ofArray(head.array());
  }

  private static MetaSlots read(String name, MemorySegment head, long fileSize) {
    Scan scan = new Scan(head, fileSize);
    MetaSlots best = null;
    int bestScore = -1;
    for (int pageSize : candidates(head)) {
      MetaSlots slots = scan.slots(pageSize);
      if (scan.otherVersion != null) {
        throw otherVersion(name, scan.otherVersion);
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
  private static List<Integer> candidates(MemorySegment head) {
    List<Integer> sizes = new ArrayList<>();
    if (hasMagic(head, 0)) {
      long claim = Integer.toUnsignedLong(head.get(PageHeader.U32, MetaLayout.PAGE_SIZE));
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

  private static boolean hasMagic(MemorySegment head, long base) {
    return base + MetaLayout.DATABASE_ID <= head.byteSize()
        && head.get(PageHeader.U64, base + MetaLayout.MAGIC) == MetaLayout.MAGIC_VALUE;
  }

  private static UnsupportedFormatException otherVersion(String name, String found) {
    return new UnsupportedFormatException(
        name, found, SUPPORTED, "open it with the version of Pando that wrote it");
  }

  /** What was found while trying page sizes. */
  private static final class Scan {
    private final MemorySegment head;
    private final long fileSize;
    @Nullable String otherVersion;
    private @Nullable String doubtfulVersion;
    private @Nullable Features unknown;
    private boolean unknownTrees;
    private boolean magicSeen;
    private boolean ownVersionSeen;

    /** How likely it is that the last page size tried is the true one. */
    int score;

    Scan(MemorySegment head, long fileSize) {
      this.head = head;
      this.fileSize = fileSize;
    }

    MetaSlots slots(int pageSize) {
      List<Valid> valid = new ArrayList<>();
      List<Damaged> damaged = new ArrayList<>();
      score = 0;
      for (int slot = 0; slot < PageHeader.META_SLOTS; slot++) {
        long base = (long) slot * pageSize;
        boolean magic = hasMagic(head, base);
        magicSeen |= magic;
        if (base + pageSize > head.byteSize()) {
          damaged.add(new Damaged(slot, "the file ends after " + fileSize + " bytes", 0));
          continue;
        }
        MetaDecoder decoder = new MetaDecoder(head, base, pageSize, slot);
        if (!magic) {
          if (!isZero(base, pageSize)) {
            damaged.add(new Damaged(slot, "no Pando magic number", 0));
          }
          continue;
        }
        noteVersion(decoder, base);
        MetaDecoder.Decoded decoded = decoder.decode(fileSize);
        Meta meta = decoded.meta();
        String problem = meta == null ? String.valueOf(decoded.problem()) : twice(meta, valid);
        if (meta != null && problem == null) {
          valid.add(new Valid(slot, meta));
        } else {
          Meta whole = decoder.decode(Long.MAX_VALUE).meta();
          long idLimit = whole == null ? 0 : whole.idLimit();
          damaged.add(new Damaged(slot, String.valueOf(problem), idLimit));
        }
      }
      valid.sort(Comparator.comparingLong((Valid slot) -> slot.meta().txnId()).reversed());
      return new MetaSlots(pageSize, valid, damaged);
    }

    /** Three slots of three transactions: two may be needed, and a writer finds the third. */
    private static @Nullable String twice(Meta meta, List<Valid> before) {
      for (Valid slot : before) {
        if (slot.meta().txnId() == meta.txnId()) {
          return "transaction " + meta.txnId() + ", which slot " + slot.slot() + " has too";
        }
      }
      return null;
    }

    /** A version with a valid checksum decides; without one it may be damage. */
    private void noteVersion(MetaDecoder decoder, long base) {
      int version = head.get(PageHeader.U32, base + MetaLayout.FORMAT_VERSION);
      boolean sound = decoder.checksumHolds();
      score += sound ? PageHeader.META_SLOTS + 1 : 1;
      if (version == MetaLayout.VERSION) {
        ownVersionSeen = true;
        noteFeatures(decoder, sound);
        return;
      }
      String found = "Pando format version " + Integer.toUnsignedString(version);
      if (version == Integer.reverseBytes(MetaLayout.VERSION)) {
        found = "a Pando database in big-endian byte order";
      }
      if (sound) {
        otherVersion = found;
      } else {
        doubtfulVersion = found;
      }
    }

    /** An older commit does not help: the newest one needs more than this build knows. */
    private void noteFeatures(MetaDecoder decoder, boolean sound) {
      if (sound && !decoder.features().canRead()) {
        unknown = decoder.features();
      }
      unknownTrees |= sound && decoder.hasUnknownTrees();
    }

    void checkFeatures(String name) {
      if (unknown != null) {
        throw unknown.unreadable(name);
      }
      if (unknownTrees) {
        throw otherVersion(name, "a kind of tree that this version does not know");
      }
    }

    private boolean isZero(long base, int pageSize) {
      return head.asSlice(base, pageSize).mismatch(MemorySegment.ofArray(new byte[pageSize])) < 0;
    }

    RuntimeException nothingValid(String name, @Nullable MetaSlots best) {
      if (!magicSeen) {
        return new UnsupportedFormatException(
            name,
            fileSize < SMALLEST_FILE
                ? "a file of " + fileSize + " bytes that is not a Pando database"
                : describeForeign(),
            SUPPORTED,
            "check the path; if this was a database, restore it from a copy");
      }
      if (doubtfulVersion != null && !ownVersionSeen) {
        return otherVersion(name, doubtfulVersion + " (or a damaged file: its checksum fails)");
      }
      StringBuilder reasons = new StringBuilder("no meta slot is valid");
      if (best != null) {
        for (Damaged slot : best.damaged) {
          reasons.append("; slot ").append(slot.slot()).append(": ").append(slot.reason());
        }
      }
      return new CorruptFileException(
          name, -1, reasons.append("; restore the file from a copy").toString());
    }

    private String describeForeign() {
      long magic = head.get(PageHeader.U64, MetaLayout.MAGIC);
      if (magic == Long.reverseBytes(MetaLayout.MAGIC_VALUE)) {
        return "a Pando database in big-endian byte order";
      }
      long letters = 0xFF_FFFF_FFFFL;
      return (magic & letters) == (MetaLayout.MAGIC_VALUE & letters)
          ? "a Pando database whose line ends were changed by a transfer as text"
          : "a file that is not a Pando database";
    }
  }
}
