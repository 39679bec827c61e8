package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.pager.Meta;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A picture of all pages. */
@Command(
    name = "map",
    description = {
      "Writes one HTML page that shows each page of the file as a cell, coloured by type, table, age"
          + " or fill, and histograms of fill and of free runs. It loads nothing else. Of a file of"
          + " many pages a cell is several, and shows what most of them are.",
      "Ends with 1 if a page is damaged."
    },
    footerHeading = "%nExamples%n",
    footer = {"  pando map shop.pando -o shop.html"})
final class MapOf extends RawVerb {
  /** What a browser draws in a moment. */
  private static final long MOST_CELLS = 200_000;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUTPUT",
      required = true,
      description = "A new file to write to.")
  private Path output = Path.of("");

  @Override
  int run(RawPages pages, Meta meta) throws IOException {
    PageUse all = PageUse.of(pages, meta);
    String page = HtmlPage.of("map.html", data(pages, meta, all));
    Path _ =
        Files.writeString(
            output, page, UTF_8, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    all.lost().forEach(lost -> console().note("pando: " + lost));
    return all.lost().isEmpty() ? Fault.OK : Fault.FOUND;
  }

  private static Map<String, Object> data(RawPages pages, Meta meta, PageUse all) {
    List<String> types = new ArrayList<>();
    List<String> owners = new ArrayList<>();
    Map<String, Long> pagesOf = new LinkedHashMap<>();
    all.uses().forEach(use -> pagesOf.merge(use.owner(), use.pages(), Long::sum));
    Map<String, Long> pagesByType = new LinkedHashMap<>();
    all.uses().forEach(use -> pagesByType.merge(use.type(), use.pages(), Long::sum));
    long size = (meta.pageCount() + MOST_CELLS - 1) / MOST_CELLS;
    List<List<Object>> uses = new ArrayList<>();
    for (PageUse.Use use : all.inParts(size)) {
      uses.add(
          List.of(
              use.pgno(),
              use.pages(),
              index(types, use.type()),
              use.fill(),
              use.birth(),
              index(owners, use.owner()),
              use.items()));
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("file", pages.file().toString());
    data.put("facts", facts(meta, all, pagesByType));
    data.put("pages", meta.pageCount());
    data.put("types", types);
    data.put("owners", owners);
    data.put("pagesByOwner", owners.stream().map(pagesOf::get).toList());
    data.put("pagesByType", types.stream().map(pagesByType::get).toList());
    data.put("pagesACell", Math.max(1, size));
    data.put("fills", Arrays.stream(all.fillHistogram()).boxed().toList());
    data.put("frees", Arrays.stream(all.freeHistogram()).boxed().toList());
    data.put("uses", uses);
    return data;
  }

  private static String facts(Meta meta, PageUse all, Map<String, Long> pagesByType) {
    List<String> free = new ArrayList<>();
    if (pagesByType.containsKey("held")) {
      free.add("%,d held by named snapshots".formatted(pagesByType.get("held")));
    }
    if (pagesByType.containsKey("log")) {
      free.add("%,d of the commit log".formatted(pagesByType.get("log")));
    }
    return "commit %d, %,d pages of %,d bytes, %,d free%s%s"
        .formatted(
            meta.txnId(),
            meta.pageCount(),
            meta.pageSize(),
            meta.freePages(),
            free.isEmpty() ? "" : ", of these " + String.join(" and ", free),
            all.lost().isEmpty() ? "" : "; " + all.lost().size() + " damaged parts");
  }

  private static int index(List<String> all, String text) {
    int found = all.indexOf(text);
    if (found < 0) {
      all.add(text);
      return all.size() - 1;
    }
    return found;
  }
}
