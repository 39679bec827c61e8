package dev.pando.cli;

import dev.pando.pager.Meta;
import dev.pando.pager.PageHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One page. */
@Command(
    name = "page",
    description = {
      "Shows the header and the cells of a page, as pager/FORMAT.md describes them.",
      "Ends with 1 if the page's checksum, number or length is wrong. A free page may have any"
          + " content."
    },
    footerHeading = "%nExamples%n",
    footer = {"  pando page shop.pando 0", "  pando page --hex shop.pando 1"})
@SuppressWarnings("ByteBufferBackingArray") // read() allocates it, and its array begins with it
final class PageOf extends RawVerb {
  private static final int BYTES_A_LINE = 16;
  private static final int SHOWN_BYTES = 32;

  @Parameters(index = "1", paramLabel = "N", description = "The number of the page.")
  private long number;

  @Option(
      names = {"-x", "--hex"},
      description = "All bytes of the page.")
  private boolean hex;

  @Option(names = "--counted", description = "It is a page of a counted table or a multimap.")
  private boolean counted;

  @Override
  int run(RawPages pages, Meta meta) throws IOException {
    RawPages.Head head = pages.head(number);
    boolean isEmpty = number < PageHeader.META_SLOTS && head.type() == 0;
    header(head);
    if (hex) {
      dump(pages, head);
    } else if (head.sound() && head.type() == PageHeader.META) {
      meta(pages);
    } else if (head.sound() && isNode(head)) {
      cells(pages, head);
    }
    return head.sound() || isEmpty ? Fault.OK : Fault.FOUND;
  }

  private static boolean isNode(RawPages.Head head) {
    return head.type() == PageHeader.LEAF || head.type() == PageHeader.BRANCH;
  }

  private void header(RawPages.Head head) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("page", String.valueOf(head.at()));
    fields.put("type", head.typeName());
    fields.put("flags", String.valueOf(head.flags()));
    fields.put("pages", String.valueOf(head.pages()));
    fields.put("pgno", String.valueOf(head.pgno()));
    fields.put("birth", String.valueOf(head.birth()));
    fields.put("cells", "%d, of %d bytes".formatted(head.count(), head.cellBytes()));
    fields.put("prefix", head.prefix() + " bytes");
    fields.put("checksum", head.sound() ? "right" : "wrong, or the number or the length is");
    new Report(console(), new OutputForm()).fields(fields, fields);
  }

  private void meta(RawPages pages) {
    pages.slots().valid().stream()
        .filter(each -> each.slot() == number)
        .forEach(
            each -> {
              Meta meta = each.meta();
              Map<String, String> fields = new LinkedHashMap<>();
              fields.put("commit", String.valueOf(meta.txnId()));
              fields.put("durable", String.valueOf(meta.durableTxn()));
              fields.put("page count", String.valueOf(meta.pageCount()));
              fields.put("free pages", String.valueOf(meta.freePages()));
              fields.put("catalog", meta.catalog().toString());
              fields.put("free tree", meta.freeTree().toString());
              fields.put("id limit", String.valueOf(meta.idLimit()));
              fields.put("free runs", String.valueOf(meta.freeRuns().size()));
              new Report(console(), new OutputForm()).fields(fields, fields);
            });
  }

  private void cells(RawPages pages, RawPages.Head head) throws IOException {
    boolean isBranch = head.type() == PageHeader.BRANCH;
    Node node = pages.node(head.at(), head.birth(), isBranch, counted);
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    try {
      for (Node.Cell cell : node == null ? List.<Node.Cell>of() : node.cells()) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("key", shown(cell.key()));
        row.put("value", cell.value() == null ? null : shown(cell.value()));
        row.put("page", cell.pgno() == 0 ? null : cell.pgno());
        row.put("birth", cell.pgno() == 0 ? null : cell.birth());
        rows.add(row);
      }
    } catch (IndexOutOfBoundsException e) {
      console().note("pando: a cell has another form; --counted is for counted tables");
    }
    new Report(console(), new OutputForm()).rows(List.of("key", "value", "page", "birth"), rows);
  }

  private static String shown(byte[] bytes) {
    String hex = HexFormat.of().formatHex(bytes, 0, Math.min(SHOWN_BYTES, bytes.length));
    return "0x" + hex + (bytes.length > SHOWN_BYTES ? "... (" + bytes.length + " bytes)" : "");
  }

  private void dump(RawPages pages, RawPages.Head head) throws IOException {
    ByteBuffer bytes = pages.read(head.at() * pages.pageSize(), pages.pageSize());
    byte[] all = bytes.array();
    for (int at = 0; at < bytes.limit(); at += BYTES_A_LINE) {
      int end = Math.min(at + BYTES_A_LINE, bytes.limit());
      StringBuilder text = new StringBuilder();
      for (int i = at; i < end; i++) {
        text.append(all[i] >= ' ' && all[i] < 0x7F ? (char) all[i] : '.');
      }
      String hexes = HexFormat.ofDelimiter(" ").formatHex(all, at, end);
      console().line("%05x  %-47s  %s".formatted(at, hexes, text));
    }
  }
}
