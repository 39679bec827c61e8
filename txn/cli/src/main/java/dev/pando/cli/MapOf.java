package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.pager.Meta;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A picture of all pages. */
@Command(
    name = "map",
    description = {
      "Writes one HTML page that shows each page of the file as a cell, coloured by type, table, age"
          + " or fill, and histograms of fill and of free runs. It loads nothing else.",
      "Ends with 1 if a page is damaged."
    },
    footerHeading = "%nExamples%n",
    footer = {"  pando map shop.pando -o shop.html"})
final class MapOf extends RawVerb {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUTPUT",
      required = true,
      description = "A new file to write to.")
  private Path output = Path.of("");

  @Override
  int run(RawPages pages, Meta meta) throws IOException {
    PageUse all = PageUse.of(pages, meta);
    String page = template().replace("@DATA@", data(pages, meta, all));
    Path _ =
        Files.writeString(
            output, page, UTF_8, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    all.lost().forEach(lost -> console().note("pando: " + lost));
    return all.lost().isEmpty() ? Fault.OK : Fault.FOUND;
  }

  private static String template() throws IOException {
    try (InputStream from = Objects.requireNonNull(MapOf.class.getResourceAsStream("map.html"))) {
      return new String(from.readAllBytes(), UTF_8);
    }
  }

  private static String data(RawPages pages, Meta meta, PageUse all) {
    List<String> types = new ArrayList<>();
    List<String> owners = new ArrayList<>();
    List<List<Object>> uses = new ArrayList<>();
    for (PageUse.Use use : all.uses()) {
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
    data.put(
        "facts",
        "commit %d, %,d pages of %,d bytes, %,d free%s"
            .formatted(
                meta.txnId(),
                meta.pageCount(),
                meta.pageSize(),
                meta.freePages(),
                all.lost().isEmpty() ? "" : ", " + all.lost().size() + " damaged parts"));
    data.put("pages", meta.pageCount());
    data.put("types", types);
    data.put("owners", owners);
    data.put("fills", Arrays.stream(all.fillHistogram()).boxed().toList());
    data.put("frees", Arrays.stream(all.freeHistogram()).boxed().toList());
    data.put("uses", uses);
    return Json.of(data).replace("<", "\\u003c"); // a name may have the end of the script
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
