package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.btree.Slice;
import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import dev.pando.pager.Meta;
import dev.pando.pager.TreeRoot;
import dev.pando.txn.catalog.CatalogEntry;
import dev.pando.txn.catalog.SnapshotEntry;
import dev.pando.txn.catalog.TableNames;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The trees of one commit, found in its catalog as far as that is whole. */
final class FileWalk {
  /**
   * A tree of the catalog.
   *
   * @param name of a table; of an index {@code index 1}, with the number of its tree
   * @param entry its record
   */
  record Found(String name, boolean isIndex, CatalogEntry entry) {}

  /** The first byte of a named snapshot's key in the catalog. */
  private static final byte SNAPSHOT = 's';

  private final RawPages pages;
  private final Meta meta;
  private final List<Found> trees = new ArrayList<>();
  private final List<SnapshotEntry> snapshots = new ArrayList<>();
  private final List<String> lost = new ArrayList<>();

  private FileWalk(RawPages pages, Meta meta) {
    this.pages = pages;
    this.meta = meta;
  }

  /** Reads the catalog of a commit. */
  static FileWalk of(RawPages pages, Meta meta) throws IOException {
    FileWalk walk = new FileWalk(pages, meta);
    walk.readCatalog();
    return walk;
  }

  private void readCatalog() throws IOException {
    TreeWalk.walk(
        pages,
        meta.catalog(),
        new TreeWalk.Visitor() {
          @Override
          public void entry(Node.Cell entry) throws IOException {
            if (entry.key().length > 0 && entry.key()[0] == CatalogEntry.TABLE) {
              add(entry);
            } else if (entry.key().length > 0 && entry.key()[0] == SNAPSHOT) {
              addSnapshot(entry);
            }
          }

          @Override
          public void lost(long pgno, int level) {
            lost.add("catalog: page %d, level %d, is damaged".formatted(pgno, level));
          }
        });
  }

  private void add(Node.Cell entry) throws IOException {
    String name = new String(entry.key(), 1, entry.key().length - 1, UTF_8);
    byte[] record = value(entry);
    if (record == null) {
      lost.add("catalog: the record of table %s is damaged".formatted(name));
      return;
    }
    try {
      boolean isIndex = TableNames.isInternal(name);
      String shown =
          TableNames.isFeedTree(name)
              ? TableNames.described(name)
              : isIndex ? "index " + name.substring(1) : name;
      CatalogEntry found =
          CatalogEntry.decode(
              pages.file().toString(), name, slice(record), meta.pageCount(), meta.txnId());
      trees.add(new Found(shown, isIndex, found));
    } catch (CorruptFileException | UnsupportedFormatException e) {
      lost.add(String.valueOf(e.getMessage()));
    }
  }

  private void addSnapshot(Node.Cell entry) throws IOException {
    byte[] record = value(entry);
    if (record == null) {
      lost.add("catalog: the record of a named snapshot is damaged");
      return;
    }
    try {
      String file = pages.file().toString();
      boolean _ =
          snapshots.add(
              SnapshotEntry.decode(file, pages.pageSize(), slice(entry.key()), slice(record)));
    } catch (CorruptFileException | UnsupportedFormatException e) {
      lost.add(String.valueOf(e.getMessage()));
    }
  }

  private static Slice slice(byte[] bytes) {
    Slice slice = new Slice();
    slice.segment = MemorySegment.ofArray(bytes);
    slice.offset = 0;
    slice.length = bytes.length;
    return slice;
  }

  private byte @Nullable [] value(Node.Cell entry) throws IOException {
    return entry.value() != null ? entry.value() : pages.overflow(entry);
  }

  Meta meta() {
    return meta;
  }

  /** Tables and indexes, in the order of the catalog. */
  List<Found> trees() {
    return trees;
  }

  /** Named snapshots, in the order of the catalog. */
  List<SnapshotEntry> snapshots() {
    return snapshots;
  }

  /** What of the catalog cannot be read. */
  List<String> lost() {
    return lost;
  }

  /** Roots that are no tables. */
  List<TreeRoot> own() {
    return List.of(meta.catalog(), meta.freeTree());
  }
}
