package dev.pando.examples;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Range;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.codec.Codec;
import dev.pando.error.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Trades of a market by symbol and time: writes them, and sums the volume and the average price of
 * a range. The sum reads each trade in place, into one object, and makes no garbage.
 */
public final class MarketTicks {
  private static final String USAGE =
      """
      usage: ticks [--dir DIRECTORY] [--ticks N]
        --dir DIRECTORY  where the database file is kept, "ticks" by default
        --ticks N        how many trades are written, 1000000 by default
      """;

  private static final String[] SYMBOLS = {"ACME", "GLOBEX", "INITECH", "UMBRELLA"};

  /** Nanoseconds from one trade to the next. */
  private static final long STEP = 1_000_000;

  private MarketTicks() {}

  /**
   * A key of the table: trades of a symbol are next to each other, the oldest first.
   *
   * @param symbol what is traded
   * @param time nanoseconds since 1970
   */
  record TickKey(String symbol, long time) {}

  /** A trade: one object takes the values of one trade after the other. */
  static final class Tick {
    /** Ten-thousandths of the currency. */
    long price;

    int volume;
  }

  private static final Codec<TickKey> KEY = Codec.record(TickKey.class);

  /** The table for a thread that writes or reads with its own tick. */
  static Table<TickKey, Tick> table(Tick tick) {
    return Table.of("ticks", KEY, ticks(tick));
  }

  /** All ticks that are read are the same object: not for use by several threads. */
  private static Codec<Tick> ticks(Tick reused) {
    return Codec.of(
        "tick",
        (tick, sink) -> {
          sink.putLongBE(tick.price);
          sink.putIntBE(tick.volume);
        },
        source -> {
          reused.price = source.getLongBE();
          reused.volume = source.getIntBE();
          return reused;
        });
  }

  /** What trades of a range sum up to. Not thread-safe. */
  static final class Sum {
    private static final TickKey NOT_READ = new TickKey("", 0);

    private final Table<TickKey, Tick> table;
    private long trades;
    private long volume;
    private long turnover;

    Sum() {
      // A codec of the same id has the same bytes. This one leaves the key of each trade undecoded.
      Codec<TickKey> keys =
          Codec.ofOrdered(
              KEY.id(),
              KEY::encode,
              source -> {
                source.skip(source.remaining());
                return NOT_READ;
              });
      this.table = Table.of("ticks", keys, ticks(new Tick()));
    }

    /** Starts over with the trades of a symbol from one time to another, which is not included. */
    void of(ReadTxn tx, String symbol, long from, long to) {
      trades = 0;
      volume = 0;
      turnover = 0;
      tx.scan(table, Range.closedOpen(new TickKey(symbol, from), new TickKey(symbol, to)))
          .forEachKeyValue((_, tick) -> add(tick));
    }

    private void add(Tick tick) {
      trades++;
      volume += tick.volume;
      turnover += tick.price * tick.volume;
    }

    long trades() {
      return trades;
    }

    long volume() {
      return volume;
    }

    /** The average price, weighted by volume; NaN if there was no trade. */
    double vwap() {
      return volume == 0 ? Double.NaN : (double) turnover / volume / 10_000;
    }
  }

  /** Writes trades at random prices, one symbol after the other, so that keys ascend. */
  static void write(Database db, long ticks, long seed) {
    Random random = new Random(seed);
    Tick tick = new Tick();
    Table<TickKey, Tick> table = table(tick);
    db.update(
        tx -> {
          for (String symbol : SYMBOLS) {
            tick.price = 1_000_000;
            for (long i = 0; i < ticks / SYMBOLS.length; i++) {
              tick.price = Math.max(1, tick.price + random.nextInt(-100, 101));
              tick.volume = random.nextInt(1, 1000);
              tx.put(table, new TickKey(symbol, i * STEP), tick);
            }
          }
        });
  }

  /**
   * Runs the example.
   *
   * @param args see the usage; exits with 0 if all is well, 1 after a failure, 2 for wrong
   *     arguments
   */
  public static void main(String[] args) throws IOException {
    Path dir = Path.of("ticks");
    long ticks = 1_000_000;
    try {
      for (int i = 0; i < args.length; i += 2) {
        switch (args[i]) {
          case "--dir" -> dir = Path.of(args[i + 1]);
          case "--ticks" -> ticks = Long.parseLong(args[i + 1]);
          default -> throw new IllegalArgumentException("unknown argument " + args[i]);
        }
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      System.err.println("ticks: " + e.getMessage());
      System.err.print(USAGE);
      System.exit(2);
    }
    try {
      run(dir, ticks);
    } catch (StorageException | IOException e) {
      System.err.println("ticks: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void run(Path dir, long ticks) throws IOException {
    Files.createDirectories(dir);
    try (Database db = Database.open(dir.resolve("ticks.pando"))) {
      write(db, ticks, 42);
      long middle = ticks / SYMBOLS.length / 2 * STEP;
      Sum sum = new Sum();
      try (ReadTxn tx = db.beginRead()) {
        for (String symbol : SYMBOLS) {
          long start = System.nanoTime();
          sum.of(tx, symbol, 0, middle);
          long micros = (System.nanoTime() - start) / 1000;
          System.out.printf(
              "%-9s %,9d trades, volume %,12d, average price %.4f, %,d µs%n",
              symbol, sum.trades(), sum.volume(), sum.vwap(), micros);
        }
      }
      CheckReport report = db.check();
      if (!report.ok()) {
        System.err.println("ticks: " + report);
        System.exit(1);
      }
    }
  }
}
