package dev.pando.cli;

import dev.pando.Database;
import dev.pando.Options;
import dev.pando.RawTable;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.pager.Meta;
import dev.pando.txn.catalog.CatalogEntry;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Copies what is whole of a damaged file. */
@Command(
    name = "rescue",
    description = {
      "Copies every entry of a damaged file that can be reached and is whole into a new file, and"
          + " says what is missing. The damaged file is only read. Indexes and named snapshots are"
          + " not copied.",
      "Ends with 1 if something is missing. --meta takes an older commit."
    },
    footerHeading = "%nExamples%n",
    footer = {"  pando rescue shop.pando rescued.pando"})
final class Rescue extends RawVerb {
  @Parameters(index = "1", paramLabel = "NEW", description = "A file that does not exist.")
  private Path target = Path.of("");

  private final List<String> lost = new ArrayList<>();

  @Override
  int run(RawPages pages, Meta meta) throws Exception {
    if (Files.exists(target)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    FileWalk walk = FileWalk.of(pages, meta);
    lost.addAll(walk.lost());
    Options options = FileVerb.usual().withPageSize(pages.pageSize());
    int _ = NewDatabase.work(target, options, db -> copy(pages, walk, db));
    console().line("%s: commit %d of %s".formatted(target, meta.txnId(), pages.file()));
    lost.forEach(each -> console().line("  missing: " + Report.escaped(each)));
    return lost.isEmpty() ? Fault.OK : Fault.FOUND;
  }

  private int copy(RawPages pages, FileWalk walk, Database db) throws IOException {
    try (WriteTxn tx = db.beginWrite()) {
      for (FileWalk.Found tree : walk.trees()) {
        RawTable to = tree.isIndex() ? null : create(tree, tx);
        if (to != null) {
          copy(pages, tree, to);
        }
      }
      tx.commit();
    }
    return Fault.OK;
  }

  private void copy(RawPages pages, FileWalk.Found tree, RawTable to) throws IOException {
    long[] counts = new long[2]; // copied, and whose runs are damaged
    TreeWalk.walk(
        pages,
        tree.entry().root(),
        new TreeWalk.Visitor() {
          @Override
          public void entry(Node.Cell entry) throws IOException {
            byte[] value = entry.value() != null ? entry.value() : pages.overflow(entry);
            if (value == null) {
              counts[1]++;
              lost.add(
                  "%s: the value of key %s at page %d"
                      .formatted(tree.name(), Values.hex(entry.key()), entry.pgno()));
            } else {
              boolean _ = to.put(entry.key(), value);
              counts[0]++;
            }
          }

          @Override
          public void lost(long pgno, int level) {
            lost.add(
                "%s: page %d, a %s".formatted(tree.name(), pgno, level == 0 ? "leaf" : "branch"));
          }
        });
    long expected = tree.entry().root().entries();
    console()
        .line("%s: %,d of %,d entries".formatted(Report.plain(tree.name()), counts[0], expected));
    if (counts[0] + counts[1] < expected) {
      lost.add(
          "%s: %,d entries on damaged pages"
              .formatted(tree.name(), expected - counts[0] - counts[1]));
    }
  }

  /** Makes the table; null if it cannot be described, and is lost. */
  private @Nullable RawTable create(FileWalk.Found tree, WriteTxn tx) {
    CatalogEntry entry = tree.entry();
    String why = "its codec does not show its parts";
    try {
      Table<?, ?> table = described(tree.name(), entry);
      if (table != null) {
        boolean _ = tx.create(table);
        return tx.raw(table);
      }
    } catch (IllegalArgumentException e) {
      why = String.valueOf(e.getMessage());
    }
    lost.add(
        "table %s of %s and %s, %,d entries: %s"
            .formatted(
                tree.name(),
                CatalogEntry.codecOf(entry.keyCodec()),
                entry.valueCodec(),
                entry.root().entries(),
                why));
    return null;
  }

  /** Entries are copied as bytes, so codecs of a program's own need only their ids. */
  private static @Nullable Table<?, ?> described(String name, CatalogEntry entry) {
    String keyId = CatalogEntry.codecOf(entry.keyCodec());
    if (CatalogEntry.isKind(entry.valueCodec())) {
      return PairTable.described(name, keyId, entry.valueCodec());
    }
    Table<?, ?> plain =
        Table.of(name, LoadedTable.codec(keyId), LoadedTable.codec(entry.valueCodec()));
    return CatalogEntry.isCounted(entry.keyCodec()) ? plain.counted() : plain;
  }
}
