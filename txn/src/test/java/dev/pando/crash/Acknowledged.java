package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.NamedSnapshot;
import dev.pando.ReadTxn;
import dev.pando.crash.Worker.Mode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the workers of one database said they had done, and so what it must and may hold after they
 * were stopped.
 */
final class Acknowledged {
  private final History history;
  private final Set<Long> committed = new HashSet<>();
  private final Set<String> named = new TreeSet<>();
  private final Set<String> doubtfulNames = new TreeSet<>();
  private final List<String> failures = new ArrayList<>();
  private boolean opened;
  private boolean powered = true;

  /** What the process that was started last found, or was there before it. */
  private long base;

  private long least;
  private long most;
  private long durable;

  Acknowledged(long seed) {
    history = new History(seed);
  }

  /** A line that a worker said. */
  void heard(String line) {
    String[] words = line.split(" ", 2);
    switch (words[0]) {
      case "opened" -> opened |= powered;
      case "found" -> found(Long.parseLong(words[1]));
      case "ack" -> {
        committed(Long.parseLong(words[1]));
        if (powered) {
          durable = Math.max(durable, Long.parseLong(words[1]));
        }
      }
      case "async" -> committed(Long.parseLong(words[1]));
      case "naming", "dropping" -> {
        boolean _ = named.remove(words[1]);
        boolean _ = doubtfulNames.add(words[1]);
      }
      case "named" -> {
        if (!powered) {
          return;
        }
        boolean _ = doubtfulNames.remove(words[1]);
        boolean _ = named.add(words[1]);
      }
      case "dropped" -> {
        if (!powered) {
          return;
        }
        boolean _ = doubtfulNames.remove(words[1]);
      }
      case "failed" -> failures.add(line);
      default -> {}
    }
  }

  private void committed(long step) {
    boolean _ = committed.add(step);
    least = Math.max(least, step);
  }

  private void found(long step) {
    assertThat(step).as("step found after a stop").isBetween(least, most);
    base = step;
    least = step;
    most = step;
    committed.clear();
  }

  /** The worker was stopped. */
  void stopped(Mode mode) {
    most = Math.max(most, base + committed.size() + mode.inFlight);
  }

  /** What is said from now on may be untrue. */
  void powerGoes() {
    powered = false;
  }

  /** The machine was stopped, and all that was not on disk is lost. */
  void powerCut() {
    least = durable;
    powered = true;
  }

  /** Whether the database must exist. */
  boolean opened() {
    return opened;
  }

  /** What processes complained about. */
  List<String> failures() {
    return failures;
  }

  /** The whole of a database that was opened again is what it must be. */
  void verify(Database db) {
    found(db.<Long, RuntimeException>view(history::verify));
    Set<String> found = new TreeSet<>();
    for (NamedSnapshot snapshot : db.snapshots().list()) {
      boolean _ = found.add(snapshot.name());
      try (ReadTxn tx = db.snapshots().open(snapshot.name())) {
        assertThat(history.verify(tx)).hasToString(snapshot.name());
      }
    }
    assertThat(found).containsAll(named);
    named.addAll(doubtfulNames);
    assertThat(named).containsAll(found);
    named.retainAll(found);
    doubtfulNames.clear();
    CheckReport _ = db.check().throwIfBad();
  }

  /** What snapshots held is free again. */
  void dropSnapshots(Database db) {
    for (String name : named) {
      assertThat(db.snapshots().drop(name)).isTrue();
    }
    named.clear();
    assertThat(db.stat().heldPages()).isZero();
  }

  /** Two more commits, and all is well. */
  void goOn(Database db) {
    for (int i = 0; i < 2; i++) {
      History.Kind kind = i == 0 ? History.Kind.SMALL : History.Kind.GROWING;
      long step = db.<Long, RuntimeException>updateAndGet(tx -> history.write(tx, kind));
      assertThat(step).isEqualTo(base + 1);
      most = step;
      found(step);
      durable = step;
    }
    verify(db);
  }
}
