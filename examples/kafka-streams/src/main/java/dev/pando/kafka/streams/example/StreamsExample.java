package dev.pando.kafka.streams.example;

import dev.pando.Database;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.codec.Codec;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Starts a broker of Kafka and an application whose stores are in Pando, each in a process of its
 * own, and sells products. The application is stopped and started again, and then killed and
 * started again. In the end it has counted each sale exactly once.
 */
public final class StreamsExample {
  private static final int PARTITIONS = 2;
  private static final int TURNS = 3;
  private static final int LEAST_SECONDS = 6;
  private static final Duration START = Duration.ofMinutes(2);
  private static final Pattern RESTORED = Pattern.compile("restored (\\d+) .*");

  private final Path directory;
  private final Duration turn;
  private int started;

  private StreamsExample(Path directory, int seconds) {
    this.directory = directory;
    this.turn = Duration.ofSeconds(seconds).dividedBy(TURNS);
  }

  /** {@code --dir} is where the files are stored, {@code --seconds} how long it sells. */
  public static void main(String[] args) throws Exception {
    Path directory = null;
    int seconds = 36;
    for (int i = 0; i < args.length; i += 2) {
      String value = i + 1 < args.length ? args[i + 1] : "";
      if (args[i].equals("--dir") && !value.isEmpty()) {
        directory = Path.of(value);
      } else if (args[i].equals("--seconds") && value.matches("\\d{1,5}")) {
        seconds = Integer.parseInt(value);
      } else {
        refuse("Options: --dir DIRECTORY (new or empty), --seconds N");
      }
    }
    if (seconds < LEAST_SECONDS) {
      refuse("--seconds is at least " + LEAST_SECONDS + ", but is " + seconds);
    }
    if (directory == null) {
      directory = Files.createTempDirectory("pando-streams");
    }
    Files.createDirectories(directory);
    try (Stream<Path> files = Files.list(directory)) {
      if (files.findAny().isPresent()) {
        refuse("The directory is not empty: " + directory);
      }
    }
    System.setProperty(Child.LOG_SETTING, Child.LOG_FILE);
    System.setProperty(Child.LOG_LEVEL, "fatal"); // its clients try until the broker has started
    // Also when this process is interrupted. If it is killed, its children see the end of a pipe.
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly)));
    try {
      new StreamsExample(directory, seconds).run();
    } catch (IOException | RuntimeException e) {
      System.out.println("failed: " + e.getMessage());
      System.out.println("The broker and the application wrote their messages to " + directory);
      e.printStackTrace();
      System.exit(1);
    }
    System.exit(0);
  }

  private static void refuse(String message) {
    System.err.println(message);
    System.exit(2);
  }

  private void run() throws Exception {
    System.out.println("broker: starts in a process of its own, in " + directory);
    try (Broker broker = new Broker(directory.resolve("broker"))) {
      broker.create(List.of(SalesApplication.SALES, SalesApplication.TOTALS), PARTITIONS);
      Application first = new Application(broker);
      first.waitUntilItWorks();
      Sales sales = new Sales(broker.address());
      first.work(sales, turn);
      first.stop();
      System.out.println("-- the application was stopped, as for a new version: it commits");

      Application second = new Application(broker);
      second.work(sales, turn);
      second.kill();
      System.out.println("-- the application was killed, in the middle of its work");

      Application third = new Application(broker);
      third.work(sales, turn);
      System.out.println("-- no more sales; the application counts what is left");
      Map<String, Long> counts = sales.end(START);
      third.stop();
      report(sales, counts, List.of(first, second, third));
    }
  }

  private void report(Sales sales, Map<String, Long> counts, List<Application> all)
      throws IOException {
    Map<String, Long> stored = new HashMap<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      read(task(partition), stored);
    }
    if (!stored.equals(counts)) {
      throw new IllegalStateException("The stores differ from what was counted");
    }
    System.out.printf(
        "%nexactly once: %,d sales of %,d products were sent, counted and are in the stores%n",
        sales.sent(), counts.size());
    System.out.printf(
        "records restored from the changelogs: %,d by the first process, %,d after the stop,%n  %,d"
            + " after the kill: what the killed one had written since its start, and no more%n",
        all.get(0).restored.get(), all.get(1).restored.get(), all.get(2).restored.get());
    System.out.println("look at the file of a task:");
    System.out.println("  txn/pando info " + task(0));
    System.out.println("  txn/pando scan --limit 10 " + task(0) + " 'store ranking'");
    System.out.println("and then: rm -r " + directory);
  }

  private Path task(int partition) {
    return directory.resolve(
        Path.of("state", SalesApplication.ID, "0_" + partition, "pando", "task.pando"));
  }

  /** The store of a task that nothing has open is a table of a database. */
  private static void read(Path file, Map<String, Long> counts) {
    Table<byte[], byte[]> store =
        Table.of("store " + SalesCounter.COUNTS, Codec.bytes(), Codec.bytes());
    try (Database database = Database.open(file);
        ReadTxn tx = database.beginRead()) {
      database.check().throwIfBad();
      tx.scan(store)
          .forEach(
              entry ->
                  counts.put(
                      new String(entry.key(), StandardCharsets.UTF_8),
                      ByteBuffer.wrap(entry.value()).getLong()));
    }
  }

  /** The application in a process of its own. */
  private final class Application {
    private final int number = ++started;
    private final AtomicLong restored = new AtomicLong();
    private final Broker broker;
    private final Process process;
    private final Thread output;
    private volatile boolean works;

    Application(Broker broker) throws IOException {
      this.broker = broker;
      process =
          Child.start(
              directory.resolve("application.txt"),
              true,
              SalesApplication.class,
              broker.address(),
              directory.resolve("state").toString());
      output = Thread.ofPlatform().daemon().start(this::relay);
    }

    private void relay() {
      try (BufferedReader lines = process.inputReader()) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          Matcher restore = RESTORED.matcher(line);
          if (restore.matches()) {
            restored.addAndGet(Long.parseLong(restore.group(1)));
          }
          System.out.println("application " + number + ": " + line);
          works |= line.startsWith(SalesApplication.RUNS);
        }
      } catch (IOException e) {
        // the process has ended
      }
    }

    /** It works when it answers queries. */
    void waitUntilItWorks() throws InterruptedException {
      for (long limit = limit(); !works; ) {
        waitUntil(limit, Duration.ofMillis(100));
      }
    }

    /** Waits until it has counted what was sold meanwhile, and then for some time. */
    void work(Sales sales, Duration time) throws InterruptedException {
      long limit = limit();
      while (!works) {
        waitASecond(sales, limit);
      }
      for (long backlog = sales.sent(); sales.received() < backlog; ) {
        waitASecond(sales, limit);
      }
      for (long end = System.nanoTime() + time.toNanos(); System.nanoTime() < end; ) {
        waitASecond(sales, Long.MAX_VALUE);
      }
    }

    private static long limit() {
      return System.nanoTime() + START.toNanos();
    }

    private void waitASecond(Sales sales, long limit) throws InterruptedException {
      waitUntil(limit, Duration.ofSeconds(1));
      sales.checkRunning();
      System.out.printf("sales: %,d sent, %,d counted%n", sales.sent(), sales.received());
    }

    private void waitUntil(long limit, Duration time) throws InterruptedException {
      broker.checkRunning();
      if (System.nanoTime() > limit) {
        throw new IllegalStateException("The application does not start, or is too slow");
      }
      if (process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("The application ended with " + process.exitValue());
      }
    }

    void stop() throws IOException, InterruptedException {
      process.outputWriter().append('\n').flush();
      if (!process.waitFor(SalesApplication.END.toSeconds(), TimeUnit.SECONDS)
          || process.exitValue() != 0) {
        throw new IllegalStateException("The application does not end as it should");
      }
      output.join();
    }

    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
      output.join();
    }
  }
}
