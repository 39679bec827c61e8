package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.pager.Meta;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs that read pages by themselves. */
class PageVerbsTest {
  private static final int PAGE = 4096;

  @TempDir private Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void make() throws IOException {
    file = Shop.make(directory);
  }

  private List<String[]> rows(String... options) {
    Object[] args = new Object[options.length + 3];
    args[0] = "pages";
    args[1] = "--csv";
    System.arraycopy(options, 0, args, 2, options.length);
    args[args.length - 1] = file;
    return Ran.pando(args).out().lines().skip(1).map(line -> line.split(",", -1)).toList();
  }

  /** All pages are listed once, and those in use are as many as the check counts. */
  @Test
  void eachPageIsListedOnce() {
    CheckReport report;
    try (Database db = Database.open(file, FileVerb.usual().withReadOnly(true))) {
      report = db.check().throwIfBad();
    }
    long next = 0;
    long used = 0;
    for (String[] row : rows()) {
      assertThat(Long.parseLong(row[0])).isEqualTo(next);
      next += Long.parseLong(row[1]);
      used += List.of("branch", "leaf", "overflow").contains(row[2]) ? Long.parseLong(row[1]) : 0;
    }
    assertThat(next).isEqualTo(report.pages());
    assertThat(used).isEqualTo(report.usedPages());
    assertThat(rows("--owner", "files"))
        .anySatisfy(row -> assertThat(row[2]).isEqualTo("overflow"));
    assertThat(rows("--type", "meta")).hasSize(3);
    Shop.check(file);
  }

  @Test
  void aPageInWords() {
    String leaf = rows("--owner", "orders").getFirst()[0];
    assertThat(Ran.ok("page", file, leaf))
        .containsPattern("type +leaf\n")
        .containsPattern("checksum +right\n")
        .contains("0x0000000000000001  0x416461");
    assertThat(Ran.ok("page", "--hex", file, leaf)).contains("\n00ff0  ");
    String branch = rows("--owner", "customers", "--type", "branch").getFirst()[0];
    assertThat(Ran.ok("page", file, branch)).containsPattern("type +branch\n");
    assertThat(Ran.ok("page", file, "0")).containsPattern("type +meta\n").contains("free pages");
    String tags = rows("--owner", "tags").getFirst()[0];
    assertThat(Ran.ok("page", "--counted", file, tags)).contains("0x6a617661");
    assertThat(Ran.pando("page", file, "1000000").code()).isEqualTo(2);
    assertThat(Ran.pando("page", "--meta", "9", file, "3").code()).isEqualTo(2);
    Shop.check(file);
  }

  @Test
  void aRescueOfAGoodFileIsACopy() {
    Path to = directory.resolve("to.pando");
    assertThat(Ran.ok("rescue", file, to)).contains("customers: 2,003 of 2,003 entries");
    assertThat(Ran.ok("dump", "--codecs", to)).isEqualTo(Ran.ok("dump", "--codecs", file));
    assertThat(Ran.ok("tables", to))
        .isEqualTo(Ran.ok("tables", file).replaceAll(" +by customer", ""));
    assertThat(Ran.pando("rescue", file, to).code()).as("the target exists").isEqualTo(2);
    Shop.check(to);
    Shop.check(file);
  }

  /** One leaf of customers and one blob's chunk are damaged: all else is there. */
  @Test
  void aRescueSaysWhatIsMissing() throws IOException {
    String before = Ran.ok("scan", file, "orders");
    byte[] bytes = Files.readAllBytes(file);
    int leaf =
        rows("--owner", "customers", "--type", "leaf").stream()
            .mapToInt(row -> Integer.parseInt(row[0]))
            .max()
            .orElseThrow();
    int run =
        rows("--owner", "files", "--type", "overflow").stream()
            .mapToInt(row -> Integer.parseInt(row[0]))
            .max()
            .orElseThrow();
    bytes[leaf * PAGE + 3000] ^= 4;
    bytes[run * PAGE + 10_000] ^= 4;
    Files.write(file, bytes);
    Path to = directory.resolve("to.pando");
    Ran ran = Ran.pando("rescue", file, to);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out())
        .contains("missing: customers: page " + leaf + ", a leaf")
        .contains("entries on damaged pages")
        .contains("at page " + run)
        .contains("orders: 4 of 4 entries");
    assertThat(Ran.ok("scan", to, "orders")).isEqualTo(before);
    long left = Long.parseLong(Ran.ok("count", to, "customers").strip());
    assertThat(left).isBetween(1000L, 2002L);
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    assertThat(Ran.pando("pages", file).err()).contains("page " + leaf).contains("page " + run);
    try (Database db = Database.open(to)) {
      assertThat(db.check().problems()).as("what is left of a large value").hasSize(1);
      assertThat(db.check().problems().getFirst()).contains("files").contains("is missing");
    }
  }

  /** A damaged catalog of the newest commit: an older slot has another one. */
  @Test
  void aRescueOfAnOlderCommit() {
    for (int slot = 0; slot < 3; slot++) {
      Path to = directory.resolve("to" + slot + ".pando");
      Ran ran = Ran.pando("rescue", "--meta", slot, file, to);
      assertThat(ran.code()).isBetween(0, 1);
      if (to.toFile().exists()) {
        Shop.check(to);
      }
    }
    Shop.check(file);
  }

  /** The roots are looked at, and no other page of a table. */
  @Test
  void aCheckOfMetasAndRoots() throws IOException {
    assertThat(Ran.ok("check", "--meta", file)).matches("ok: 3 valid meta slots, 10 roots, .*\n");
    assertThat(Ran.ok("check", "--meta", "--json", file)).contains("\"ok\":true,");
    assertThat(Ran.pando("check", "--meta", "--full", file).code()).isEqualTo(2);
    byte[] good = Files.readAllBytes(file);
    long leaf = Long.parseLong(rows("--owner", "customers", "--type", "leaf").getFirst()[0]);
    long root = Long.parseLong(rows("--owner", "customers", "--type", "branch").getFirst()[0]);
    damage(good, leaf * PAGE + 3000);
    assertThat(Ran.ok("check", "--meta", file)).startsWith("ok: ");
    damage(good, root * PAGE + 3000);
    Ran ran = Ran.pando("check", "--meta", file);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).contains("problem: table customers: page " + root + ", its root");
    damage(good, 2 * PAGE + 200);
    assertThat(Ran.ok("check", "--meta", file))
        .startsWith("ok: 2 valid meta slots")
        .contains("note: meta slot 2: ");
    Files.write(file, good);
    Shop.check(file);
  }

  private void damage(byte[] good, long at) throws IOException {
    byte[] bad = good.clone();
    bad[(int) at] ^= 4;
    Files.write(file, bad);
  }

  @Test
  void aMapIsOnePage() throws IOException {
    Path html = directory.resolve("map.html");
    assertThat(Ran.ok("put", file, "</script>", "1", "x", "--keys", "i32", "--values", "utf8"))
        .isEqualTo("added\n");
    assertThat(Ran.ok("map", file, "-o", html)).isEmpty();
    String page = Files.readString(html, UTF_8);
    assertThat(page).startsWith("<!DOCTYPE html>").doesNotContain("@DATA@").doesNotContain("http");
    String data = page.substring(page.indexOf("id=\"data\">") + 10, page.indexOf("</script>"));
    assertThat(Json.parse(data).toString()).contains("customers").contains("</script>");
    assertThat(Ran.pando("map", file, "-o", html).code()).as("the target exists").isEqualTo(2);
    Shop.check(file);
  }

  /** Pages that only a named snapshot shows are held, and each page is listed once. */
  @Test
  void pagesThatASnapshotHolds() {
    long leaves = rows("--owner", "customers", "--type", "leaf").size();
    assertThat(Ran.ok("snapshots", "--create", "old", file)).isNotEmpty();
    assertThat(rows("--type", "held")).as("only the catalog before it").hasSizeLessThan(3);
    assertThat(Ran.ok("drop", file, "customers")).isNotEmpty();
    assertThat(rows("--type", "held")).hasSizeGreaterThan((int) leaves);
    assertThat(rows("--owner", "(snapshot old)")).hasSameSizeAs(rows("--type", "held"));
    long next = 0;
    for (String[] row : rows()) {
      assertThat(Long.parseLong(row[0])).isEqualTo(next);
      next += Long.parseLong(row[1]);
    }
    assertThat(rows("--type", "free"))
        .allSatisfy(row -> assertThat(row[6]).as("owner").isIn("", "\"\""));
    Shop.check(file);
  }

  /** A table may have the name of what is no table. */
  @Test
  void tablesNamedAsPartsOfTheFile() {
    List<String[]> catalog = rows("--owner", "(catalog)");
    assertThat(catalog).isNotEmpty();
    for (String name : List.of("catalog", "(catalog)", "snapshot old")) {
      assertThat(Ran.ok("put", file, name, "1", "x", "--keys", "i32", "--values", "utf8"))
          .isEqualTo("added\n");
    }
    assertThat(rows("--owner", "catalog")).as("the table").hasSize(1);
    assertThat(rows("--owner", "table (catalog)")).as("another table").hasSize(1);
    assertThat(rows("--owner", "snapshot old")).as("a third table").hasSize(1);
    assertThat(rows("--owner", "(catalog)")).hasSameSizeAs(catalog);
    Shop.check(file);
  }

  /** A part is what most of its pages are, and the parts are all pages. */
  @Test
  void partsOfALargeMap() throws Exception {
    try (RawPages pages = RawPages.open(file)) {
      int _ =
          PinnedPages.run(
              pages,
              (all, meta) -> {
                List<PageUse.Use> uses = new ArrayList<>();
                PageUse use = PageUse.of(all, meta, lost -> assertThat(lost).isNull());
                use.forEach(uses::add);
                assertThat(cells(use, meta, meta.pageCount())).isEqualTo(uses);
                for (long cells : new long[] {2, 7, 100}) {
                  checkParts(cells(use, meta, cells), uses, meta.pageCount());
                }
                List<PageUse.Use> ended = new ArrayList<>();
                use.forEach(each -> ended.add(each) && ended.size() < 5);
                assertThat(ended).isEqualTo(uses.subList(0, 5));
                return 0;
              });
    }
  }

  private static List<PageUse.Use> cells(PageUse use, Meta meta, long most) throws IOException {
    MapData data = new MapData(meta, most);
    use.forEach(data);
    return data.cells();
  }

  private static void checkParts(List<PageUse.Use> parts, List<PageUse.Use> uses, long pages) {
    long next = 0;
    for (PageUse.Use part : parts) {
      assertThat(part.pgno()).isEqualTo(next);
      next += part.pages();
      PageUse.Use most =
          uses.stream().max(Comparator.comparingLong(use -> inside(use, part))).orElseThrow();
      assertThat(uses)
          .filteredOn(use -> inside(use, part) == inside(most, part))
          .extracting(PageUse.Use::owner)
          .contains(part.owner());
    }
    assertThat(next).isEqualTo(pages);
  }

  private static long inside(PageUse.Use use, PageUse.Use part) {
    long from = Math.max(use.pgno(), part.pgno());
    return Math.max(0, Math.min(use.pgno() + use.pages(), part.pgno() + part.pages()) - from);
  }

  /** A mark takes memory only near others, so a file of many free pages takes little. */
  @Test
  void marksOfPages() {
    PageMarks marks = new PageMarks(1L << 36);
    assertThat(marks.get((1L << 36) - 1)).isZero();
    assertThat(marks.set((1L << 36) - 1, 5)).isTrue();
    assertThat(marks.set((1L << 36) - 1, 6)).isFalse();
    assertThat(marks.get((1L << 36) - 1)).isEqualTo(5);
    marks.put(3, 7);
    assertThat(marks.get(3)).isEqualTo(7);
    assertThat(marks.get(4)).isZero();
  }

  @Test
  void aFileWithoutAValidSlot() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (int slot = 0; slot < 3; slot++) {
      bytes[slot * PAGE + 200] ^= 1;
    }
    Files.write(file, bytes);
    for (String verb : List.of("info", "pages", "check", "stat")) {
      Ran ran = Ran.pando(verb, file);
      assertThat(ran.code()).as(verb).isEqualTo(1);
      assertThat(ran.err()).contains("no meta slot is valid");
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
  }
}
