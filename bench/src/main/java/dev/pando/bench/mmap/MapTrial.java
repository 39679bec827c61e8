package dev.pando.bench.mmap;

import dev.pando.bench.harness.Trial;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One way, one operation, all chunks.
 *
 * @param size bytes of the file, a power of two
 * @param warmMillis how long a cell runs before it counts
 * @param windowMillis how long it counts, in each of some rounds
 * @param rounds how often; the best is reported, since the kernel writes pages out when it likes
 */
record MapTrial(
    Way way,
    Operation operation,
    Path file,
    long size,
    int warmMillis,
    int windowMillis,
    int rounds)
    implements Trial<MapTrial.Cells> {

  static final List<Integer> CHUNKS =
      List.of(1, 4, 16, 64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10);

  /** Operations between two looks at the clock. */
  private static final int BATCH = 1024;

  private static final int BATCH_OF_LONG = 32;
  private static final int LONG = 4 << 10;

  /** Bytes whose pages are touched freshly at a time; a file has at least as many. */
  private static final long FRESH_BYTES = 16 << 20;

  /** Of the machine; on one with larger pages some touches are not the first. */
  private static final int PAGE = 4 << 10;

  /**
   * One figure.
   *
   * @param isFresh whether the kernel has work to do at the first touch of a page: for reads it was
   *     mapped but never touched, for writes it is clean since a sync
   * @param chunk bytes an operation
   * @param nanos time an operation
   */
  record Cell(Way way, Operation operation, Order order, boolean isFresh, int chunk, double nanos) {
    double mibPerSecond() {
      return chunk / nanos * 1e9 / (1 << 20);
    }
  }

  record Cells(List<Cell> cells) {}

  @Override
  public Cells run() throws IOException {
    try (Access access = way.open(file, CHUNKS.getLast())) {
      return new Loops(this, access).measure();
    }
  }

  /** The loops, and where they have got to. */
  private static final class Loops {
    private final MapTrial trial;
    private final Access access;

    /** Goes on from cell to cell, so that none begins where the one before has just been. */
    private long step;

    Loops(MapTrial trial, Access access) {
      this.trial = trial;
      this.access = access;
    }

    Cells measure() throws IOException {
      for (int chunk : CHUNKS) { // so that compiled code knows all lengths from the beginning
        for (Order order : Order.values()) {
          double _ = nanosFor(order, chunk, trial.warmMillis / 4);
        }
      }
      List<Cell> cells = new ArrayList<>();
      for (boolean isFresh : new boolean[] {false, true}) {
        for (Order order : Order.values()) {
          for (int chunk : CHUNKS) {
            double nanos = isFresh ? fresh(order, chunk) : touched(order, chunk);
            cells.add(new Cell(trial.way, trial.operation, order, isFresh, chunk, nanos));
          }
        }
      }
      return new Cells(cells);
    }

    private double touched(Order order, int chunk) throws IOException {
      double _ = nanosFor(order, chunk, trial.warmMillis);
      double best = Double.MAX_VALUE;
      for (int i = 0; i < trial.rounds; i++) {
        touchAll();
        best = Math.min(best, nanosFor(order, chunk, trial.windowMillis));
      }
      return best;
    }

    /** The kernel may have written pages meanwhile, after which they are clean. */
    private void touchAll() throws IOException {
      int chunk = CHUNKS.getLast();
      long slots = trial.size / chunk;
      batch(Order.SEQUENTIAL, new Grid(slots, chunk), chunk, (int) slots);
    }

    private double nanosFor(Order order, int chunk, int millis) throws IOException {
      int batch = chunk < LONG ? BATCH : BATCH_OF_LONG;
      Grid grid = new Grid(trial.size / chunk, chunk);
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
      for (int i = 0; i < trial.rounds; i++) {
        if (trial.operation == Operation.READ) {
          access.mapAgain();
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
      if (trial.operation == Operation.READ) {
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
}
