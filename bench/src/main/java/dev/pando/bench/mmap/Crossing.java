package dev.pando.bench.mmap;

import dev.pando.bench.mmap.Cell.Pages;
import dev.pando.bench.report.Figures;
import java.util.ArrayList;
import java.util.List;

/** Says in words from which chunk on which way is ahead. */
final class Crossing {
  /** Closer than this is no difference on a machine that does other things too. */
  private static final double EQUAL = 1.08;

  /** Bytes of a page of Pando's, unless told otherwise. */
  private static final int PAGE = 4 << 10;

  private final Cells cells;

  Crossing(Cells cells) {
    this.cells = cells;
  }

  private enum Winner {
    MAP,
    CALLS,
    NOBODY
  }

  /** Chunks that follow each other and have one winner. */
  private record Stretch(Winner winner, List<Integer> chunks, List<Double> factors) {}

  /** One sentence about the map against calls. */
  String sentence(Operation operation, Order order, Pages pages, List<Integer> chunks) {
    List<Stretch> stretches = stretches(operation, order, pages, chunks);
    List<String> phrases = new ArrayList<>();
    for (Stretch stretch : stretches) {
      phrases.add(phrase(stretch, operation, stretches.size() == 1));
    }
    return "%s, %s%s: %s."
        .formatted(
            operation == Operation.READ ? "Reading" : "Writing",
            order.label(),
            pages == Pages.FRESH ? ", pages fresh" : "",
            String.join("; ", phrases));
  }

  private List<Stretch> stretches(
      Operation operation, Order order, Pages pages, List<Integer> chunks) {
    List<Stretch> stretches = new ArrayList<>();
    for (int chunk : chunks) {
      double ratio = cells.ratio(Way.CALLS, Way.MAP, operation, order, pages, chunk);
      Winner winner = ratio > EQUAL ? Winner.MAP : ratio < 1 / EQUAL ? Winner.CALLS : Winner.NOBODY;
      if (stretches.isEmpty() || stretches.getLast().winner != winner) {
        stretches.add(new Stretch(winner, new ArrayList<>(), new ArrayList<>()));
      }
      stretches.getLast().chunks.add(chunk);
      stretches.getLast().factors.add(ratio > 1 ? ratio : 1 / ratio);
    }
    return stretches;
  }

  private static String phrase(Stretch stretch, Operation operation, boolean only) {
    String where = only ? "at every size" : where(stretch.chunks);
    if (stretch.winner == Winner.NOBODY) {
      return "no difference " + where;
    }
    String name = stretch.winner == Winner.MAP ? "the map" : operation.call;
    return "%s is ahead %s, %s".formatted(name, where, factors(stretch));
  }

  private static String where(List<Integer> chunks) {
    String first = Figures.bytes(chunks.getFirst());
    return chunks.size() == 1
        ? "at " + first
        : "from %s to %s".formatted(first, Figures.bytes(chunks.getLast()));
  }

  /** At the ends of a stretch, and at a page if it lies between. */
  private static String factors(Stretch stretch) {
    List<String> said = new ArrayList<>();
    for (int i = 0; i < stretch.chunks.size(); i++) {
      int chunk = stretch.chunks.get(i);
      if (i == 0 || i == stretch.chunks.size() - 1 || chunk == PAGE) {
        String factor = Figures.ratio(stretch.factors.get(i));
        said.add(
            stretch.chunks.size() == 1
                ? factor + " times as fast"
                : factor + (said.isEmpty() ? " times as fast at " : " at ") + Figures.bytes(chunk));
      }
    }
    return String.join(", ", said);
  }

  /** One sentence about Chronicle's map against the JDK's. */
  String chronicle(Operation operation) {
    List<Double> ratios = new ArrayList<>();
    for (Order order : Order.values()) {
      for (int chunk : Plan.CHUNKS) {
        ratios.add(cells.ratio(Way.CHRONICLE, Way.MAP, operation, order, Pages.TOUCHED, chunk));
      }
    }
    return "%s through Chronicle's MappedBytes takes %s to %s times as long as through the map."
        .formatted(
            operation == Operation.READ ? "Reading" : "Writing",
            Figures.ratio(ratios.stream().mapToDouble(Double::doubleValue).min().orElseThrow()),
            Figures.ratio(ratios.stream().mapToDouble(Double::doubleValue).max().orElseThrow()));
  }
}
