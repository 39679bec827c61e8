package dev.pando.pager;

import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is in the meta slots at the beginning of a file, if its pages have some size. It notes what
 * it meets while sizes are tried: {@link MetaSlots#read} chooses them.
 */
final class MetaScan {
  static final String SUPPORTED = "Pando format version " + MetaLayout.VERSION;

  private static final long SMALLEST_FILE = (long) PageHeader.META_SLOTS * PageHeader.MIN_PAGE_SIZE;

  private final byte[] head;
  private final long fileSize;
  @Nullable String otherVersion;
  private @Nullable String doubtfulVersion;
  private @Nullable Features unknown;
  private boolean unknownTrees;
  private boolean magicSeen;
  private boolean ownVersionSeen;

  /** How likely it is that the last page size tried is the true one. */
  int score;

  MetaScan(byte[] head, long fileSize) {
    this.head = head;
    this.fileSize = fileSize;
  }

  MetaSlots slots(int pageSize) {
    List<MetaSlots.Valid> valid = new ArrayList<>();
    List<MetaSlots.Damaged> damaged = new ArrayList<>();
    score = 0;
    for (int slot = 0; slot < PageHeader.META_SLOTS; slot++) {
      int base = slot * pageSize;
      boolean magic = hasMagic(head, base);
      magicSeen |= magic;
      if (base + pageSize > head.length) {
        damaged.add(new MetaSlots.Damaged(slot, "the file ends after " + fileSize + " bytes", 0));
        continue;
      }
      MetaDecoder decoder = new MetaDecoder(head, base, pageSize, slot);
      if (!magic) {
        if (!isZero(base, pageSize)) {
          damaged.add(new MetaSlots.Damaged(slot, "no Pando magic number", 0));
        }
        continue;
      }
      noteVersion(decoder, base);
      MetaDecoder.Decoded decoded = decoder.decode(fileSize);
      Meta meta = decoded.meta();
      String problem = meta == null ? String.valueOf(decoded.problem()) : twice(meta, valid);
      if (meta != null && problem == null) {
        addByAge(new MetaSlots.Valid(slot, meta), valid);
      } else {
        Meta whole = decoder.decode(Long.MAX_VALUE).meta();
        long idLimit = whole == null ? 0 : whole.idLimit();
        damaged.add(new MetaSlots.Damaged(slot, String.valueOf(problem), idLimit));
      }
    }
    return new MetaSlots(pageSize, valid, damaged);
  }

  /** The newest one comes first. */
  private static void addByAge(MetaSlots.Valid slot, List<MetaSlots.Valid> all) {
    int at = 0;
    while (at < all.size() && isNewer(all.get(at).meta(), slot.meta())) {
      at++;
    }
    all.add(at, slot);
  }

  /** A commit that is whole is newer than the mark that it is being applied. */
  private static boolean isNewer(Meta meta, Meta than) {
    return meta.txnId() != than.txnId()
        ? meta.txnId() > than.txnId()
        : than.features().isApplying();
  }

  /** Three slots of three transactions: two may be needed, and a writer finds the third. */
  private static @Nullable String twice(Meta meta, List<MetaSlots.Valid> before) {
    for (MetaSlots.Valid slot : before) {
      if (slot.meta().txnId() == meta.txnId()
          && slot.meta().features().isApplying() == meta.features().isApplying()) {
        return "transaction " + meta.txnId() + ", which slot " + slot.slot() + " has too";
      }
    }
    return null;
  }

  /** A version with a valid checksum decides; without one it may be damage. */
  private void noteVersion(MetaDecoder decoder, int base) {
    int version = PageBytes.i32(head, base + MetaLayout.FORMAT_VERSION);
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

  private boolean isZero(int base, int pageSize) {
    return Arrays.equals(head, base, base + pageSize, new byte[pageSize], 0, pageSize);
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
      for (MetaSlots.Damaged slot : best.damaged()) {
        reasons.append("; slot ").append(slot.slot()).append(": ").append(slot.reason());
      }
    }
    return new CorruptFileException(
        name, -1, reasons.append("; restore the file from a copy").toString());
  }

  private String describeForeign() {
    long magic = PageBytes.u64(head, MetaLayout.MAGIC);
    if (magic == Long.reverseBytes(MetaLayout.MAGIC_VALUE)) {
      return "a Pando database in big-endian byte order";
    }
    long letters = 0xFF_FFFF_FFFFL;
    return (magic & letters) == (MetaLayout.MAGIC_VALUE & letters)
        ? "a Pando database whose line ends were changed by a transfer as text"
        : "a file that is not a Pando database";
  }

  static boolean hasMagic(byte[] head, int base) {
    return base + MetaLayout.DATABASE_ID <= head.length
        && PageBytes.u64(head, base + MetaLayout.MAGIC) == MetaLayout.MAGIC_VALUE;
  }

  static UnsupportedFormatException otherVersion(String name, String found) {
    return new UnsupportedFormatException(
        name, found, SUPPORTED, "open it with the version of Pando that wrote it");
  }
}
