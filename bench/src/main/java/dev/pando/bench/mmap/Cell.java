package dev.pando.bench.mmap;

/**
 * One figure.
 *
 * @param pages whether pages had been touched before
 * @param chunk bytes an operation
 * @param nanos time an operation
 */
record Cell(Way way, Operation operation, Order order, Pages pages, int chunk, double nanos) {
  /** Whether the kernel has work to do at the first touch of a page. */
  enum Pages {
    /** Mapped, and for writes already dirty. */
    TOUCHED,
    /** For reads mapped but never touched; for writes clean since a sync. */
    FRESH
  }

  double mibPerSecond() {
    return chunk / nanos * 1e9 / (1 << 20);
  }

  String toLine() {
    return String.join(
        " ",
        way.name(),
        operation.name(),
        order.name(),
        pages.name(),
        Integer.toString(chunk),
        Double.toString(nanos));
  }

  static Cell of(String line) {
    String[] words = line.split(" ");
    return new Cell(
        Way.valueOf(words[0]),
        Operation.valueOf(words[1]),
        Order.valueOf(words[2]),
        Pages.valueOf(words[3]),
        Integer.parseInt(words[4]),
        Double.parseDouble(words[5]));
  }
}
