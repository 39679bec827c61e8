package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.pager.Meta;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A picture of all pages. */
@Command(
    name = "map",
    description = {
      "Writes one HTML page that shows each page of the file as a cell, coloured by type, table, age"
          + " or fill, and histograms of fill and of free runs. It loads nothing else. Of a file of"
          + " many pages a cell is several, and shows what most of them are.",
      "It needs 4 bytes of memory for each page in use, and up to 64 MB for the cells.",
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
    PageUse all = PageUse.of(pages, meta, each -> console().note("pando: " + each));
    MapData data = new MapData(meta, MOST_CELLS);
    all.forEach(data);
    String page = HtmlPage.of("map.html", data.fields(pages.file().toString(), all.lostParts()));
    Path _ =
        Files.writeString(
            output, page, UTF_8, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return all.lostParts() == 0 ? Fault.OK : Fault.FOUND;
  }
}
