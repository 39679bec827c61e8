package dev.pando.cli;

import dev.pando.Database;
import dev.pando.WriteTxn;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes an entry. */
@Command(
    name = "del",
    description = {
      "Removes a key and its value; of a multimap all values of the key, or the one that is given.",
      "Ends with 1 if it is not there."
    },
    footerHeading = "%nExamples%n",
    footer = {"  pando del shop.pando orders 1", "  pando del shop.pando tags java 2"})
final class Del extends WriteVerb {
  @Parameters(index = "1", paramLabel = "TABLE", description = "The table.")
  private String name = "";

  @Parameters(index = "2", paramLabel = "KEY", description = "The key.")
  private String key = "";

  @Parameters(
      index = "3",
      arity = "0..1",
      paramLabel = "VALUE",
      description = "The value of a multimap.")
  private @Nullable String value;

  @Option(
      names = {"-x", "--hex"},
      description = "The key is stored bytes, in hexadecimal.")
  private boolean hex;

  @Override
  int run(Database db) {
    try (WriteTxn tx = begin(db)) {
      ShownTable table = ShownTable.of(ReadVerb.table(file().toString(), tx, name), hex);
      if (value != null && table.kind() != ShownTable.Kind.MULTI) {
        throw Fault.usage("table %s is no multimap: del takes a key alone".formatted(name));
      }
      long removed =
          switch (table.kind()) {
            case MULTI -> removeValues(tx, table);
            case BLOB -> tx.delete(table.blobs(), given(table.key(), key)) ? 1 : 0;
            default -> remove(tx, table) ? 1 : 0;
          };
      if (removed == 0) {
        throw Fault.found("table %s: there is no key %s".formatted(name, key));
      }
      tx.commit();
      console().line("removed " + removed);
    }
    return Fault.OK;
  }

  private boolean remove(WriteTxn tx, ShownTable table) {
    return table.raw(tx).delete(table.key().read(key));
  }

  private long removeValues(WriteTxn tx, ShownTable table) {
    Object wanted = given(table.key(), key);
    if (value == null) {
      return tx.deleteAll(table.multi(), wanted);
    }
    return tx.delete(table.multi(), wanted, given(table.value(), value)) ? 1 : 0;
  }

  private static Object given(Form form, String text) {
    Object found = form.value(text);
    if (found == null) {
      throw Fault.usage("null is no value of codec " + form.id());
    }
    return found;
  }
}
