package dev.pando.cli;

import dev.pando.BlobChannel;
import dev.pando.BlobTable;
import dev.pando.ReadTxn;
import dev.pando.View;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The value of a key. */
@Command(
    name = "get",
    description = {
      "Shows the value of a key; of a multimap all values, and of a blob its bytes.",
      "Ends with 1 if the key is not there."
    },
    footerHeading = "%nExamples%n",
    footer = {
      "  pando get shop.pando orders 2",
      "  pando get --json shop.pando customers Ada",
      "  pando get --hex shop.pando orders 0x0000000000000002"
    })
final class Get extends TableVerb {
  @Parameters(index = "2", paramLabel = "KEY", description = "The key.")
  private String key = "";

  @Option(
      names = "--raw",
      description =
          "Writes the bytes of the value, and nothing else; of a multimap those of all values, one"
              + " after another.")
  private boolean raw;

  @Override
  int run(ReadTxn tx, ShownTable table, OutputForm output) throws IOException {
    boolean found =
        switch (table.kind()) {
          case MULTI -> multi(tx, table, output);
          case BLOB -> blob(tx, table);
          default -> plain(tx, table, output);
        };
    if (!found) {
      throw Fault.found("table %s: there is no key %s".formatted(table.stat().name(), key));
    }
    return Fault.OK;
  }

  private boolean plain(ReadTxn tx, ShownTable table, OutputForm output) throws IOException {
    byte[] stored = table.key().read(key);
    View value = new View();
    if (!table.raw(tx).get(stored, value)) {
      return false;
    }
    if (raw) {
      writeRaw(value.toArray());
    } else {
      write(output, table.value().show(value.toArray()));
    }
    return true;
  }

  private boolean multi(ReadTxn tx, ShownTable table, OutputForm output) throws IOException {
    byte[] start = KeyRange.bound(table, key);
    byte @Nullable [] end = KeyRange.after(start);
    boolean found = false;
    View shown = new View();
    try (var cursor = table.raw(tx).cursor()) {
      boolean there = cursor.seek(start);
      while (there) {
        cursor.key(shown);
        if (end != null && shown.compareTo(end) >= 0) {
          break;
        }
        found = true;
        if (raw) {
          writeRaw(table.valueBytes(shown));
        } else {
          write(output, table.show(shown, shown).value());
        }
        there = cursor.next();
      }
    }
    return found;
  }

  private boolean blob(ReadTxn tx, ShownTable table) throws IOException {
    BlobTable<Object> blobs = table.blobs();
    Object wanted = table.key().value(key);
    try (BlobChannel value = wanted == null ? null : tx.read(blobs, wanted)) {
      if (value == null) {
        return false;
      }
      OutputStream to = console().out().bytes();
      long _ = value.transferTo(Channels.newChannel(to));
      to.flush();
      return true;
    }
  }

  private void writeRaw(byte[] bytes) throws IOException {
    OutputStream to = console().out().bytes();
    to.write(bytes);
    to.flush();
  }

  private void write(OutputForm output, @Nullable Object value) {
    console().line(output.json() ? Json.of(value) : ScanOf.text(value));
  }
}
