package dev.pando.cli;

import dev.pando.pager.Meta;
import java.io.IOException;
import java.util.ArrayList;
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
          + " show.",
      "Ends with 1 if a page is damaged."
    },
    footerHeading = "%nExamples%n",
    footer = {
      "  pando pages shop.pando",
      "  pando pages --owner orders shop.pando",
      "  pando pages --type free --csv shop.pando"
    })
final class PagesOf extends RawVerb {
  private static final List<String> COLUMNS =
      List.of("page", "pages", "type", "cells", "fill", "birth", "owner");

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
    PageUse all = PageUse.of(pages, meta);
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (PageUse.Use use : all.uses()) {
      boolean wanted =
          (owner == null || owner.equals(use.owner())) && (type == null || type.equals(use.type()));
      if (wanted) {
        rows.add(row(use));
      }
    }
    new Report(console(), form).rows(COLUMNS, rows);
    all.lost().forEach(lost -> console().note("pando: " + lost));
    return all.lost().isEmpty() ? Fault.OK : Fault.FOUND;
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
