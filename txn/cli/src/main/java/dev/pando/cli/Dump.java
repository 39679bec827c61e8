package dev.pando.cli;

import dev.pando.RawTable;
import dev.pando.ReadTxn;
import dev.pando.TableStat;
import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Tables in the text format of {@code mdb_dump}. */
@Command(
    name = "dump",
    description = {
      "Writes tables in the text format of mdb_dump, which mdb_load and 'pando load' read.",
      "Multimaps become databases with sorted duplicates. Keys keep the bytes in which they are"
          + " stored, so their order stays.",
      "Indexes and named snapshots are not dumped: 'pando backup' copies all of a file."
    },
    footerHeading = "%nExamples%n",
    footer = {
      "  pando dump shop.pando",
      "  pando dump -p -s customers shop.pando",
      "  pando dump --codecs -o shop.dump shop.pando",
      "  pando dump -l shop.pando"
    })
final class Dump extends ReadVerb {
  private static final int BUFFER = 1 << 16;
  private static final long MIB = 1 << 20;

  /** What LMDB stores in a usual build. */
  private static final int LMDB_KEY = 511;

  private static final int MAX_READERS = 126;
  private static final int NAME_AND_SIZE = 4096;

  @Option(
      names = {"-l", "--list"},
      description = "Lists the names of the tables.")
  private boolean list;

  @Option(
      names = {"-s", "--table"},
      paramLabel = "TABLE",
      description = "Only this table.")
  private @Nullable String only;

  @Option(
      names = {"-a", "--all"},
      description = "All tables, as without -s.")
  private boolean all;

  @Option(
      names = {"-p", "--print"},
      description = "Printable bytes as they are.")
  private boolean print;

  @Option(
      names = {"-o", "-f", "--output"},
      paramLabel = "OUTPUT",
      description = "A new file to write to.")
  private @Nullable Path output;

  @Option(
      names = "--codecs",
      description =
          "Adds lines with the codecs to the headers. 'pando load' makes the same tables of them;"
              + " mdb_load warns, and goes on.")
  private boolean codecs;

  @Option(
      names = "--integer-keys",
      description =
          "Writes keys and values of the codecs u32 and u64 as LMDB's integers, least significant"
              + " byte first.")
  private boolean integers;

  @Option(
      names = "--unnamed",
      description = "With -s, writes the table as LMDB's main database, which has no name.")
  private boolean unnamed;

  @Option(
      names = "--lead-in",
      description =
          "Begins with an empty section: mdb_load 0.9.28 to 0.9.36 ignores the flags of the first"
              + " one, and loses duplicates.")
  private boolean leadIn;

  @Option(names = "--mapsize", paramLabel = "BYTES", description = "The map size of the headers.")
  private long mapSize;

  private boolean tooLong;

  @Override
  int run(ReadTxn tx) throws IOException {
    if ((unnamed && only == null) || (only != null && all)) {
      throw Fault.usage(
          unnamed ? "--unnamed: allowed with -s TABLE" : "-a and -s: allowed one of them");
    }
    List<String> names = only == null ? tx.tables() : List.of(table(tx, only).name());
    if (list) {
      names.forEach(name -> console().line(Report.escaped(name)));
    } else if (output == null) {
      write(tx, names, console().out().bytes());
    } else {
      toFile(tx, names, output);
    }
    return Fault.OK;
  }

  private void toFile(ReadTxn tx, List<String> names, Path file) throws IOException {
    try (OutputStream to =
        new BufferedOutputStream(
            Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            BUFFER)) {
      write(tx, names, to);
    } catch (java.nio.file.FileAlreadyExistsException e) {
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      Files.deleteIfExists(file); // it is not whole
      throw e;
    }
  }

  private void write(ReadTxn tx, List<String> names, OutputStream to) throws IOException {
    long size = mapSize == 0 ? mapSize(tx) : mapSize;
    DumpText text = new DumpText(to, print);
    if (leadIn) {
      header(text, null, size, List.of());
      text.header("DATA=END");
    }
    boolean first = !leadIn;
    for (String name : names) {
      TableStat stat = table(tx, name);
      ShownTable shown = ShownTable.of(stat, false);
      if (first && shown.kind() == ShownTable.Kind.MULTI) {
        console()
            .note(
                "pando: the first section has sorted duplicates, which mdb_load 0.9.28 to 0.9.36"
                    + " loses; for them use --lead-in");
      }
      first = false;
      section(tx, shown, text, size);
    }
    to.flush();
    if (tooLong) {
      console()
          .note("pando: keys or duplicates of 0 or more than 511 bytes: LMDB does not take them");
    }
  }

  /** Enough for all tables, a multiple of 1 MiB. */
  private long mapSize(ReadTxn tx) {
    long bytes = 0;
    for (String name : tx.tables()) {
      bytes += 2 * table(tx, name).bytes() + NAME_AND_SIZE;
    }
    return (bytes / MIB + 1) * MIB;
  }

  private void header(DumpText text, @Nullable String name, long size, List<String> flags)
      throws IOException {
    text.header("VERSION=3");
    text.header("format=" + (print ? "print" : "bytevalue"));
    if (name != null) {
      line(text, "database=" + name);
    }
    text.header("type=btree");
    text.header("mapsize=" + size);
    text.header("maxreaders=" + MAX_READERS);
    for (String flag : flags) {
      line(text, flag);
    }
    text.header("db_pagesize=4096");
    text.header("HEADER=END");
  }

  private static void line(DumpText text, String line) throws IOException {
    if (line.indexOf('\n') >= 0) {
      throw Fault.usage("%s: a dump has no name with an end of line".formatted(line));
    }
    text.header(line);
  }

  private void section(ReadTxn tx, ShownTable table, DumpText text, long size) throws IOException {
    boolean isMulti = table.kind() == ShownTable.Kind.MULTI;
    boolean keyTurned = integers && Turned.isInteger(table.key().id());
    boolean valueTurned = integers && isMulti && Turned.isInteger(table.value().id());
    List<String> flags = new ArrayList<>();
    flags.addAll(isMulti ? List.of("duplicates=1", "dupsort=1") : List.of());
    flags.addAll(keyTurned ? List.of("integerkey=1") : List.of());
    flags.addAll(valueTurned ? List.of("dupfixed=1", "integerdup=1") : List.of());
    flags.addAll(codecs && isDescribed(table) ? codecLines(table) : List.of());
    header(text, unnamed ? null : table.stat().name(), size, flags);
    entries(table, table.raw(tx), text, keyTurned, valueTurned);
    text.header("DATA=END");
  }

  /** Whether 'pando load' makes the same table of the codecs' ids. */
  private boolean isDescribed(ShownTable table) {
    TableStat stat = table.stat();
    boolean isDescribed =
        !PairTable.isKind(stat.valueCodec())
            || PairTable.described(stat.name(), stat.keyCodec(), stat.valueCodec()) != null;
    if (!isDescribed) {
      console()
          .note(
              "pando: table %s: its keys are of codec %s, which does not show its parts: it is dumped without codecs, as stored bytes"
                  .formatted(stat.name(), stat.keyCodec()));
    }
    return isDescribed;
  }

  private static List<String> codecLines(ShownTable table) {
    boolean isMulti = table.kind() == ShownTable.Kind.MULTI;
    String key = isMulti ? table.key().id() : table.stat().keyCodec();
    String value = isMulti ? table.value().id() : table.stat().valueCodec();
    boolean counted = table.kind() == ShownTable.Kind.COUNTED;
    List<String> lines = new ArrayList<>(List.of("pando.key=" + key, "pando.value=" + value));
    lines.addAll(counted ? List.of("pando.counted=1") : List.of());
    return lines;
  }

  private void entries(
      ShownTable table, RawTable raw, DumpText text, boolean keyTurned, boolean valueTurned)
      throws IOException {
    boolean isMulti = table.kind() == ShownTable.Kind.MULTI;
    try {
      boolean _ =
          raw.forEach(
              (key, value) -> {
                byte[] storedKey = key.toArray();
                byte[] storedValue = value.toArray();
                if (isMulti) {
                  Tuple2<?, ?> pair = pair(table, storedKey);
                  storedKey = part(table.key(), pair.first());
                  storedValue = part(table.value(), pair.second());
                }
                tooLong |= isTooLong(storedKey) || (isMulti && isTooLong(storedValue));
                try {
                  text.bytes(keyTurned ? Turned.reversed(storedKey) : storedKey);
                  text.bytes(valueTurned ? Turned.reversed(storedValue) : storedValue);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
                return true;
              });
    } catch (UncheckedIOException e) {
      throw Objects.requireNonNull(e.getCause());
    }
  }

  private static boolean isTooLong(byte[] bytes) {
    return bytes.length == 0 || bytes.length > LMDB_KEY;
  }

  private static Tuple2<?, ?> pair(ShownTable table, byte[] storedKey) {
    return (Tuple2<?, ?>) Form.decode(Objects.requireNonNull(table.stored()), storedKey);
  }

  private static byte[] part(Form form, @Nullable Object value) {
    Codec<Object> codec = Objects.requireNonNull(form.codec());
    return Form.encode(codec, value);
  }
}
