package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.error.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a {@link Survivor} said, and what its database must and may hold after it. */
final class Survival {
  private final Path file;
  private final long seed;
  private final History history;
  private final List<String> problems = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private WorkerProcess process;
  private long least;
  private long most;
  private boolean ended;

  Survival(Path file, long seed) {
    this.file = file;
    this.seed = seed;
    history = new History(seed);
  }

  private void heard(String line) {
    String[] words = line.split(" ", 2);
    switch (words[0]) {
      case "ack" -> known(Long.parseLong(words[1]));
      case "found" -> {
        long found = Long.parseLong(words[1]);
        if (found < least || found > most) {
          failures.add(line + ", expected " + least + " to " + most);
        }
        known(found);
      }
      case "error" -> {
        most++;
        problems.add(words[1]);
      }
      case "full" -> problems.add(words[1]);
      case "failed" -> failures.add(line);
      case "ended" -> ended = true;
      default -> {}
    }
  }

  private void known(long step) {
    least = step;
    most = step;
  }

  /** Runs one to its end. */
  void run(List<String> before) throws IOException, InterruptedException {
    WorkerProcess _ = start(before, List.of());
    end();
  }

  /** Runs one that may see anything, but not crash: the disk lies to it. */
  void runDeceived(List<String> before) throws IOException, InterruptedException {
    WorkerProcess deceived = start(before, List.of());
    assertThat(deceived.end()).isIn(0, Worker.FAILED);
  }

  /** Starts one. */
  WorkerProcess start(List<String> before, List<String> arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(file.toString(), String.valueOf(seed)));
    all.addAll(arguments);
    process = WorkerProcess.start(before, Survivor.class, all, this::heard);
    return process;
  }

  /** It ends by itself, and has seen nothing but what it may see. */
  void end() throws IOException, InterruptedException {
    assertThat(process.end()).as("exit value; said " + problems + failures).isZero();
    assertThat(failures).isEmpty();
    assertThat(ended).isTrue();
    assertThat(problems).allMatch(problem -> problem.startsWith("dev.pando.error."));
  }

  /** Exceptions that it has seen. */
  List<String> problems() {
    return problems;
  }

  /** The names of their classes. */
  String kindsOfProblems() {
    return problems.stream()
        .map(problem -> problem.replaceAll(":.*", "").replaceAll(".*\\.", ""))
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** All is there that must be, and it goes on. */
  void verify(String what) {
    try (Database db = Database.open(file, Worker.options(Worker.Mode.SMALL))) {
      long found = db.<Long, RuntimeException>view(history::verify);
      assertThat(found).as(what + " -> " + problems).isBetween(least, most);
      CheckReport _ = db.check().throwIfBad();
      for (int i = 1; i <= 2; i++) {
        long step =
            db.<Long, RuntimeException>updateAndGet(tx -> history.write(tx, History.Kind.GROWING));
        assertThat(step).isEqualTo(found + i);
      }
      CheckReport _ = db.check().throwIfBad();
      assertThat(db.<Long, RuntimeException>view(history::verify)).isEqualTo(found + 2);
      known(found + 2);
    }
  }

  /** Somebody else's hand was at the file: damage is told of, and nothing wrong is read. */
  void verifyDamaged() {
    try (Database db = Database.open(file, Worker.options(Worker.Mode.SMALL))) {
      assertThat(db.<Long, RuntimeException>view(history::verify)).isLessThanOrEqualTo(most);
      CheckReport _ = db.check().throwIfBad();
    } catch (StorageException e) {
      assertThat(e).hasMessageContaining(file.toString());
    }
  }
}
