package dev.pando.cli;

import dev.pando.BlobTable;
import dev.pando.Database;
import dev.pando.MultiTable;
import dev.pando.RawTable;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import dev.pando.codec.LeadingBytes;
import dev.pando.pager.Meta;
import dev.pando.txn.catalog.CatalogEntry;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
  int run(RawPages pages, Meta meta) throws IOException {
    if (Files.exists(target)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    FileWalk walk = FileWalk.of(pages, meta);
    lost.addAll(walk.lost());
    try (Database db = Database.open(target, FileVerb.usual().withPageSize(pages.pageSize()));
        WriteTxn tx = db.beginWrite()) {
      for (FileWalk.Found tree : walk.trees()) {
        if (!tree.isIndex()) {
          copy(pages, tree, tx);
        }
      }
      tx.commit();
    }
    console().line("%s: commit %d of %s".formatted(target, meta.txnId(), pages.file()));
    lost.forEach(each -> console().line("  missing: " + each));
    return lost.isEmpty() ? Fault.OK : Fault.FOUND;
  }

  private void copy(RawPages pages, FileWalk.Found tree, WriteTxn tx) throws IOException {
    RawTable to = create(tree, tx);
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
    console().line("%s: %,d of %,d entries".formatted(tree.name(), counts[0], expected));
    if (counts[0] + counts[1] < expected) {
      lost.add(
          "%s: %,d entries on damaged pages"
              .formatted(tree.name(), expected - counts[0] - counts[1]));
    }
  }

  private static RawTable create(FileWalk.Found tree, WriteTxn tx) {
    Table<?, ?> table = describe(tree.name(), tree.entry());
    boolean _ = tx.create(table);
    return tx.raw(table);
  }

  private static Table<?, ?> describe(String name, CatalogEntry entry) {
    String keyId = CatalogEntry.codecOf(entry.keyCodec());
    Codec<Object> key = LoadedTable.codec(keyId);
    if (CatalogEntry.isKind(entry.valueCodec())) {
      Codec<Object> first = LoadedTable.codec(LeadingBytes.component(key, 0).id());
      Codec<Object> second = LoadedTable.codec(LeadingBytes.component(key, 1).id());
      return entry.valueCodec().equals(CatalogEntry.BLOB)
          ? BlobTable.of(name, first).chunks()
          : MultiTable.of(name, first, second).pairs();
    }
    Table<?, ?> plain = Table.of(name, key, LoadedTable.codec(entry.valueCodec()));
    return CatalogEntry.isCounted(entry.keyCodec()) ? plain.counted() : plain;
  }
}
