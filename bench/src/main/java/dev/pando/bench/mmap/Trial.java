package dev.pando.bench.mmap;

import dev.pando.bench.mmap.Cell.Pages;
import java.io.IOException;
import java.util.List;

/** Run in a JVM of its own: one way, one operation, all chunks. Prints a line for each cell. */
final class Trial {
  /** Operations between two looks at the clock. */
  private static final int BATCH = 1024;

  private static final int BATCH_OF_LONG = 32;
  private static final int LONG = 4 << 10;

  /** Bytes whose pages are touched freshly at a time; a file has at least as many. */
  private static final long FRESH_BYTES = 16 << 20;

  /** Of the machine; on one with larger pages some touches are not the first. */
  private static final int PAGE = 4 << 10;

  private final Way way;
  private final Operation operation;
  private final Plan plan;
  private final Access access;

  /** Goes on from cell to cell, so that none begins where the one before has just been. */
  private long step;

  private Trial(Way way, Operation operation, Plan plan, Access access) {
    this.way = way;
    this.operation = operation;
    this.plan = plan;
    this.access = access;
  }

  public static void main(String[] arguments) throws IOException {
    List<String> list = List.of(arguments);
    Way way = Way.valueOf(list.get(0));
    Operation operation = Operation.valueOf(list.get(1));
    Plan plan = Plan.of(list.subList(2, list.size()));
    try (Access access = way.open(plan.file(), Plan.LONGEST_CHUNK)) {
      new Trial(way, operation, plan, access).run();
    }
  }

  private void run() throws IOException {
    for (int chunk : Plan.CHUNKS) { // so that compiled code knows all lengths from the beginning
      for (Order order : Order.values()) {
        double _ = nanosFor(order, chunk, plan.warmMillis() / 4);
      }
    }
    for (Order order : Order.values()) {
      for (int chunk : Plan.CHUNKS) {
        print(order, Pages.TOUCHED, chunk, touched(order, chunk));
      }
    }
    for (Order order : Order.values()) {
      for (int chunk : Plan.CHUNKS) {
        print(order, Pages.FRESH, chunk, fresh(order, chunk));
      }
    }
  }

  private void print(Order order, Pages pages, int chunk, double nanos) {
    System.out.println(new Cell(way, operation, order, pages, chunk, nanos).toLine());
  }

  private double touched(Order order, int chunk) throws IOException {
    double _ = nanosFor(order, chunk, plan.warmMillis());
    double best = Double.MAX_VALUE;
    for (int i = 0; i < plan.rounds(); i++) {
      touchAll();
      best = Math.min(best, nanosFor(order, chunk, plan.windowMillis()));
    }
    return best;
  }

  /** The kernel may have written pages meanwhile, after which they are clean. */
  private void touchAll() throws IOException {
    int chunk = Plan.LONGEST_CHUNK;
    long slots = plan.size() / chunk;
    batch(Order.SEQUENTIAL, new Grid(slots, chunk), chunk, (int) slots);
  }

  private double nanosFor(Order order, int chunk, int millis) throws IOException {
    int batch = chunk < LONG ? BATCH : BATCH_OF_LONG;
    Grid grid = new Grid(plan.size() / chunk, chunk);
    long operations = 0;
    long begin = System.nanoTime();
    long end = begin + millis * 1_000_000L;
    long now;
    do {
      batch(order, grid, chunk, batch);
      operations += batch;
      now = System.nanoTime();
    } while (now < end);
    return (double) (now - begin) / operations;
  }

  private double fresh(Order order, int chunk) throws IOException {
    int stride = Math.max(chunk, PAGE); // no page twice
    Grid grid = new Grid(FRESH_BYTES / stride, stride);
    double best = Double.MAX_VALUE;
    for (int i = 0; i < plan.rounds(); i++) {
      if (operation == Operation.READ) {
        access.mapAnew();
      } else {
        access.sync();
      }
      long begin = System.nanoTime();
      batch(order, grid, chunk, (int) grid.slots);
      best = Math.min(best, (double) (System.nanoTime() - begin) / grid.slots);
    }
    return best;
  }

  /** Places in the file where chunks begin; a power of two of them. */
  private record Grid(long slots, long stride) {}

  /** Four loops rather than one, so that the loop itself decides nothing. */
  private void batch(Order order, Grid grid, int chunk, int count) throws IOException {
    if (operation == Operation.READ) {
      if (order == Order.SEQUENTIAL) {
        readInOrder(grid.slots, grid.stride, chunk, count);
      } else {
        readAtRandom(grid.slots, grid.stride, chunk, count);
      }
    } else if (order == Order.SEQUENTIAL) {
      writeInOrder(grid.slots, grid.stride, chunk, count);
    } else {
      writeAtRandom(grid.slots, grid.stride, chunk, count);
    }
    step += count;
  }

  private void readInOrder(long slots, long stride, int chunk, int count) throws IOException {
    for (long i = step; i < step + count; i++) {
      access.read(Order.SEQUENTIAL.slot(i, slots) * stride, chunk);
    }
  }

  private void readAtRandom(long slots, long stride, int chunk, int count) throws IOException {
    for (long i = step; i < step + count; i++) {
      access.read(Order.RANDOM.slot(i, slots) * stride, chunk);
    }
  }

  private void writeInOrder(long slots, long stride, int chunk, int count) throws IOException {
    for (long i = step; i < step + count; i++) {
      access.write(Order.SEQUENTIAL.slot(i, slots) * stride, chunk);
    }
  }

  private void writeAtRandom(long slots, long stride, int chunk, int count) throws IOException {
    for (long i = step; i < step + count; i++) {
      access.write(Order.RANDOM.slot(i, slots) * stride, chunk);
    }
  }
}
