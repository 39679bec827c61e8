package dev.pando.cli;

import dev.pando.pager.Meta;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** All pages. */
@Command(
    name = "pages",
    description = {
      "Lists the pages of a file in their order, with type, cells, fill in percent, birth and"
          + " owner; also of a damaged file. Free pages include those that only older snapshots"
          + " show. It needs 4 bytes of memory for each page in use.",
      "Ends with 1 if a page is damaged."
    },
    footerHeading = "%nExamples%n",
    footer = {
      "  pando pages shop.pando",
      "  pando pages --owner orders shop.pando",
      "  pando pages --type free --csv shop.pando"
    })
final class PagesOf extends RawVerb {
  @Option(
      names = "--owner",
      paramLabel = "TABLE",
      description =
          "Only pages of this table. What is no table is in parentheses, such as '(catalog)' or"
              + " '(snapshot NAME)'.")
  private @Nullable String owner;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description =
          "Only pages of this type: meta, log, branch, leaf, overflow, held, free," + " damaged.")
  private @Nullable String type;

  @Mixin private OutputForm form = new OutputForm();

  @Override
  int run(RawPages pages, Meta meta) throws IOException {
    PageUse all = PageUse.of(pages, meta, each -> console().note("pando: " + each));
    RowStream rows = new RowStream(console(), form, columns(meta));
    all.forEach(
        use -> {
          boolean wanted =
              (owner == null || owner.equals(use.owner()))
                  && (type == null || type.equals(use.type()));
          return !wanted || rows.row(row(use));
        });
    return all.lostParts() == 0 ? Fault.OK : Fault.FOUND;
  }

  /** Rows are written as they are found, so each column has room for its longest value. */
  private static List<RowStream.Column> columns(Meta meta) {
    int birth = String.valueOf(meta.txnId()).length();
    int pages = Report.plain(meta.pageCount()).length();
    return List.of(
        new RowStream.Column("page", String.valueOf(meta.pageCount() - 1).length(), true),
        new RowStream.Column("pages", pages, true),
        new RowStream.Column("type", "overflow".length(), false),
        new RowStream.Column("cells", "65,535".length(), true),
        new RowStream.Column("fill", "100".length(), true),
        new RowStream.Column("birth", birth, true),
        new RowStream.Column("owner", 0, false));
  }

  private static Map<String, @Nullable Object> row(PageUse.Use use) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("page", new Json.Literal(String.valueOf(use.pgno())));
    row.put("pages", use.pages());
    row.put("type", use.type());
    row.put("cells", use.fill() < 0 ? null : use.items());
    row.put("fill", use.fill() < 0 ? null : use.fill());
    row.put("birth", use.birth() == 0 ? null : new Json.Literal(String.valueOf(use.birth())));
    row.put("owner", use.owner());
    return row;
  }
}
