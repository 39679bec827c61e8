package dev.pando;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.crash.Figures;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Many processes with one database: all read, the writing goes from one to another, and at random
 * moments one is killed and another one takes its place.
 */
@Tag("proof")
@Tag("scaled")
class SoakTest extends DatabaseTestBase {
  private static final int PROCESSES = 5;
  private static final long MOST_BYTES = 16 << 20;
  private static final long SECONDS = 150;

  private final Figures figures = new Figures("seconds of killed and replaced processes", SECONDS);
  private final long seed = figures.seed(0);
  private final Random random = new Random(seed);
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Map<String, Long> counts = new TreeMap<>();

  /** The newest round that a writer said was committed. */
  private final AtomicLong acknowledged = new AtomicLong();

  private long largest;

  /** A process, and the thread that listens to it. */
  private final class Child {
    private final Process process;
    private final PrintWriter orders;
    private final Thread listener;
    private volatile boolean killed;
    private volatile String last = "";

    Child() throws IOException {
      process = ChildJvm.of(SoakJvm.class).with("-Xmx128m").start(file(), random.nextLong());
      orders = new PrintWriter(process.getOutputStream(), true, UTF_8);
      listener = Thread.startVirtualThread(this::listen);
      count("processes");
    }

    void tell(String order) {
      orders.println(order);
    }

    private void listen() {
      try (BufferedReader lines = process.inputReader(UTF_8)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.endsWith(" .")) {
            heard(line.split(" ", 2)[0], line);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void heard(String what, String line) {
      last = what;
      count(what);
      if (what.equals("ack")) {
        long round = Long.parseLong(line.split(" ")[1]);
        long _ = acknowledged.accumulateAndGet(round, Math::max);
      } else if (what.equals("failed")) {
        failures.add(line);
      }
    }

    /** SIGKILL; the process may be dying still when this returns. */
    void kill() {
      killed = true;
      boolean _ = process.toHandle().destroyForcibly();
      count("kills");
    }

    /** Until all that the process said was heard. */
    void await() throws InterruptedException {
      orders.close();
      listener.join();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new AssertionError("a process does not end, seed " + seed);
      }
      if (!killed && !last.equals("closed")) {
        failures.add("a process ended with " + process.exitValue() + " after " + last);
      }
    }
  }

  private void count(String what) {
    synchronized (counts) {
      Long _ = counts.merge(what, 1L, Long::sum);
    }
  }

  private void print(String when) {
    synchronized (counts) {
      System.out.printf(
          "SoakTest %s, seed %d: %s, round %d, %d KiB%n",
          when, seed, counts, acknowledged.get(), largest >> 10);
    }
  }

  @Test
  void killedAndReplaced() throws Exception {
    print("begins");
    List<Child> children = new ArrayList<>();
    try {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(figures.wanted());
      while (System.nanoTime() - end < 0 && failures.isEmpty()) {
        inhabit(children, Math.min(end, System.nanoTime() + TimeUnit.SECONDS.toNanos(12)));
        allEnd(children);
        print("goes on");
      }
    } finally {
      for (Child child : children) {
        boolean _ = child.process.toHandle().destroyForcibly();
      }
    }
    assertThat(failures).isEmpty();
    Database db = open();
    verify(db);
    db.snapshots().list().forEach(named -> db.snapshots().drop(named.name()));
    print("ends");
    CheckReport _ = db.check().throwIfBad();
    assertThat(largest).isLessThan(MOST_BYTES);
    db.update(SoakRounds::write);
    verify(db);
    figures.reached(figures.wanted());
  }

  /** For a time; this process has the database open for the second half of it. */
  private void inhabit(List<Child> children, long end) throws Exception {
    for (int i = 0; i < PROCESSES; i++) {
      children.add(new Child());
    }
    long openFrom = System.nanoTime() + (end - System.nanoTime()) / 2;
    Database db = null;
    int writer = 0;
    while (System.nanoTime() - end < 0 && failures.isEmpty()) {
      children.get(writer).tell("rest");
      writer = random.nextInt(PROCESSES);
      children.get(writer).tell("write");
      Thread.sleep(100 + random.nextInt(900));
      replace(children, random.nextBoolean() ? writer : random.nextInt(PROCESSES));
      if (db == null && System.nanoTime() - openFrom > 0) {
        db = open();
      }
      tellLeast(children);
      if (db != null) {
        verify(db);
      }
      if (Files.exists(file())) { // the first process may still be starting
        largest = Math.max(largest, Files.size(file()));
      }
    }
    if (db != null) {
      closeChecked(db);
    }
  }

  private void replace(List<Child> children, int victim) throws Exception {
    Child old = children.get(victim);
    boolean gently = random.nextInt(5) == 0;
    if (!gently) {
      old.kill();
    }
    if (!gently && random.nextBoolean()) {
      children.set(victim, new Child()); // opens while the dead one's locks are being freed
      old.await();
    } else {
      old.await();
      children.set(victim, new Child());
    }
  }

  /** All that was acknowledged is seen by snapshots that begin later. */
  private void tellLeast(List<Child> children) {
    long least = acknowledged.get();
    children.forEach(child -> child.tell("least " + least));
  }

  private void verify(Database db) {
    long least = acknowledged.get();
    long found = db.<Long, RuntimeException>view(SoakRounds::verify);
    assertThat(found).as("round, seed " + seed).isGreaterThanOrEqualTo(least);
  }

  /** Nobody has the database open then, so that the next one recovers it. */
  private void allEnd(List<Child> children) throws Exception {
    boolean atOnce = random.nextBoolean();
    for (Child child : children) {
      if (atOnce) {
        child.kill();
      }
    }
    if (atOnce && random.nextBoolean()) {
      closeChecked(open()); // while locks of the dead are being freed
    }
    for (Child child : children) {
      child.await();
    }
    children.clear();
    if (failures.isEmpty()) {
      Database db = open();
      verify(db);
      closeChecked(db);
      count("recoveries");
    }
  }
}
