package dev.pando.cli;

import dev.pando.pager.Meta;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of a picture of all pages: cells, as many as a browser draws in a moment, and
 * histograms of all pages.
 */
final class MapData implements PageUse.Visitor {
  private final Meta meta;

  /** Pages of a cell; with 1, each use is a cell. */
  private final long part;

  private final List<PageUse.Use> cells = new ArrayList<>();
  private final Map<String, Long> pagesOf = new LinkedHashMap<>();
  private final Map<String, Long> pagesByType = new LinkedHashMap<>();
  private final long[] fills = new long[10];
  private final long[] frees = new long[Long.SIZE];

  /** The first page of the part that is being seen, and the use that most of it has so far. */
  private long from;

  private PageUse.@Nullable Use most;
  private long mostPages;

  MapData(Meta meta, long mostCells) {
    this.meta = meta;
    this.part = Math.max(1, (meta.pageCount() + mostCells - 1) / mostCells);
  }

  @Override
  public boolean use(PageUse.Use use) {
    long _ = pagesOf.merge(use.owner(), use.pages(), Long::sum);
    long _ = pagesByType.merge(use.type(), use.pages(), Long::sum);
    if (use.fill() >= 0) {
      fills[Math.min(9, use.fill() / 10)]++;
    }
    if (use.type().equals("free")) {
      frees[Long.SIZE - Long.numberOfLeadingZeros(use.pages() - 1)]++;
    }
    if (part == 1) {
      boolean _ = cells.add(use);
    } else {
      addToParts(use);
    }
    return true;
  }

  private void addToParts(PageUse.Use use) {
    long at = use.pgno();
    long end = use.pgno() + use.pages();
    while (at < end) {
      long to = Math.min(from + part, meta.pageCount());
      long inside = Math.min(end, to) - at;
      if (most == null || inside > mostPages) {
        most = use;
        mostPages = inside;
      }
      at += inside;
      if (at == to) {
        PageUse.Use shown = most;
        boolean _ =
            cells.add(
                new PageUse.Use(
                    from,
                    to - from,
                    shown.type(),
                    shown.items(),
                    shown.fill(),
                    shown.birth(),
                    shown.owner()));
        from = to;
        most = null;
      }
    }
  }

  /** Uses, or parts of several pages: that which most pages of a part have stands for all. */
  List<PageUse.Use> cells() {
    return cells;
  }

  /** As an object of JSON. */
  Map<String, Object> fields(String file, long lostParts) {
    Map<String, Integer> types = new LinkedHashMap<>();
    Map<String, Integer> owners = new LinkedHashMap<>();
    List<List<Object>> uses = new ArrayList<>();
    for (PageUse.Use use : cells) {
      boolean _ =
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
    data.put("file", file);
    data.put("facts", facts(lostParts));
    data.put("pages", meta.pageCount());
    data.put("types", List.copyOf(types.keySet()));
    data.put("owners", List.copyOf(owners.keySet()));
    data.put("pagesByOwner", owners.keySet().stream().map(pagesOf::get).toList());
    data.put("pagesByType", types.keySet().stream().map(pagesByType::get).toList());
    data.put("pagesACell", part);
    data.put("fills", Arrays.stream(fills).boxed().toList());
    data.put("frees", Arrays.stream(frees).limit(powers()).boxed().toList());
    data.put("uses", uses);
    return data;
  }

  private static int index(Map<String, Integer> all, String text) {
    return all.computeIfAbsent(text, _ -> all.size());
  }

  /** Runs of free pages are counted by powers of two, up to the greatest that there is. */
  private int powers() {
    int powers = frees.length;
    while (powers > 0 && frees[powers - 1] == 0) {
      powers--;
    }
    return powers;
  }

  private String facts(long lostParts) {
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
            lostParts == 0 ? "" : "; " + lostParts + " damaged parts");
  }
}
