package dev.pando.bench.mmap;

import dev.pando.bench.mmap.Cell.Pages;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** All figures of a run. */
final class Cells {
  private final List<Cell> all = new ArrayList<>();

  void add(Cell cell) {
    all.add(cell);
  }

  List<Cell> all() {
    return all;
  }

  Cell get(Way way, Operation operation, Order order, Pages pages, int chunk) {
    return all.stream()
        .filter(cell -> cell.way() == way && cell.operation() == operation)
        .filter(cell -> cell.order() == order && cell.pages() == pages && cell.chunk() == chunk)
        .findFirst()
        .orElseThrow();
  }

  /** Time an operation by chunk. */
  SortedMap<Double, Double> line(Way way, Operation operation, Order order, Pages pages) {
    SortedMap<Double, Double> points = new TreeMap<>();
    for (int chunk : Plan.CHUNKS) {
      points.put((double) chunk, get(way, operation, order, pages, chunk).nanos());
    }
    return points;
  }

  /** How many times as long one way takes as another. */
  double ratio(Way slow, Way fast, Operation operation, Order order, Pages pages, int chunk) {
    return get(slow, operation, order, pages, chunk).nanos()
        / get(fast, operation, order, pages, chunk).nanos();
  }
}
