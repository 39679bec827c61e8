package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Options;
import dev.pando.crash.History.Kind;
import dev.pando.crash.Worker.Mode;
import dev.pando.error.DatabaseFullException;
import dev.pando.error.ReadOnlyException;
import dev.pando.error.StorageIoException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * System calls of a real JVM fail, through strace: writes, syncs, cuts, reads, and the rename of a
 * new database. The program sees an exception of {@code dev.pando.error} or nothing; what was
 * acknowledged is there, what failed for want of room is not, any other commit that failed is there
 * or is not, and each is whole.
 */
@Tag("proof")
class OutsideFaultTest {
  private static final long PROMISED = 60;
  private static final int LANES = 2;

  /** The length of a database that fills its disk: the steps need more. */
  private static final long FULL_AFTER = 6 << 20;

  /**
   * Some calls, of which thread none makes many more than so many, and what is done to the n-th.
   */
  private record Fault(String calls, int most, String how) {}

  private static final List<Fault> FAULTS =
      List.of(
          new Fault("pwrite64", 60, ":error=ENOSPC:when=%d"),
          new Fault("pwrite64", 500, ":error=ENOSPC:when=%d"),
          new Fault("pwrite64", 200, ":error=ENOSPC:when=%d..%<d0"),
          new Fault("pwrite64", 200, ":error=EDQUOT:when=%d"),
          new Fault("pwrite64", 60, ":error=EIO:when=%d"),
          new Fault("pwrite64", 500, ":error=EIO:when=%d"),
          new Fault("pwrite64", 60, ":error=EIO:when=%d+"),
          new Fault("pwrite64", 200, ":error=EINTR:when=%d"),
          new Fault("fdatasync", 14, ":error=EIO:when=%d"),
          new Fault("fdatasync", 14, ":error=EIO:when=%d+"),
          new Fault("fsync", 5, ":error=EIO:when=%d"),
          new Fault("fsync", 5, ":error=EIO:when=%d+"),
          new Fault("fsync,fdatasync", 14, ":error=EINTR:when=%d"),
          new Fault("fsync,fdatasync", 14, ":error=ENOSPC:when=%d"),
          new Fault("ftruncate", 1, ":error=EIO:when=%d"),
          new Fault("pread64", 2, ":error=EIO:when=%d"),
          new Fault("rename,renameat,renameat2", 1, ":error=EIO:when=%d"));

  /** What was said, by fault. */
  private final Map<String, Long> counts = new ConcurrentSkipListMap<>();

  @Test
  @Tag("scaled")
  void callsThatFail() throws Exception {
    Strace.need();
    Figures figures = new Figures("faults from outside", PROMISED);
    AtomicLong injected = new AtomicLong();
    long cases = figures.wanted() + figures.wanted() / 5 + 4; // some come after the last such call
    Lanes.run(
        figures,
        cases,
        LANES,
        (seed, _) -> {
          if (inject(FAULTS.get(Math.floorMod(seed, FAULTS.size())), seed)) {
            long _ = injected.incrementAndGet();
          }
        });
    counts.forEach((what, count) -> System.out.println("  " + what + ": " + count));
    figures.reached(injected.get());
  }

  /** False if the fault did not happen. */
  private boolean inject(Fault fault, long seed) throws Exception {
    String how = fault.how.formatted(1 + new Random(seed).nextInt(fault.most));
    Path directory = Files.createTempDirectory("pando-fault");
    try {
      Strace strace = new Strace(directory.resolve("strace"));
      Survival survival = new Survival(directory.resolve("fault.pando"), seed);
      survival.run(strace.failing(fault.calls, how, directory.resolve("fault.pando")));
      String log = strace.log();
      boolean happened = log.contains("(INJECTED)");
      if (how.contains("EINTR")) {
        assertThat(survival.problems()).as(fault.calls + how).isEmpty();
      }
      survival.verify(fault.calls + how);
      count(happened, fault, survival);
      return happened;
    } finally {
      Directories.delete(directory);
    }
  }

  private void count(boolean happened, Fault fault, Survival survival) {
    String told = happened ? survival.kindsOfProblems() : "too late";
    String what = fault.calls + fault.how.replaceAll(":when=.*", "");
    Long _ = counts.merge(what + " -> " + told, 1L, Long::sum);
  }

  /**
   * A write that writes less than it was asked to is followed by one for the rest. strace cannot
   * write a part: it only says that 512 bytes were written, so the file is of no use afterwards.
   * {@link #theSystemsLimitOfAFile} has short writes that are true.
   */
  @Test
  void shortWritesAreContinued() throws Exception {
    Pattern shortened =
        Pattern.compile(
            ", (\\d+), (\\d+)\\) += 512 \\(INJECTED\\)\\n.*, (\\d+), (\\d+)\\) += (\\d+)");
    Strace.need();
    long seed = seed("short writes");
    int found = 0;
    for (int n : new int[] {1, 2, 9, 40}) {
      Path directory = Files.createTempDirectory("pando-short");
      try {
        Strace strace = new Strace(directory.resolve("strace"));
        Survival survival = new Survival(directory.resolve("short.pando"), seed);
        survival.runDeceived(
            strace.failing("pwrite64", ":retval=512:when=" + n, directory.resolve("short.pando")));
        Matcher write = shortened.matcher(strace.log());
        while (write.find()) {
          found++;
          assertThat(Long.parseLong(write.group(3)))
              .isEqualTo(Long.parseLong(write.group(1)) - 512);
          assertThat(Long.parseLong(write.group(4)))
              .isEqualTo(Long.parseLong(write.group(2)) + 512);
          assertThat(write.group(5)).isEqualTo(write.group(3));
        }
      } finally {
        Directories.delete(directory);
      }
    }
    assertThat(found).isGreaterThanOrEqualTo(3);
  }

  /** Commits until the disk is full; what failed for want of room is not there, all else is. */
  @Test
  void aFullDisk() throws Exception {
    long seed = seed("a full disk");
    try (MountedImage image = new MountedImage("ext4", 32 << 20)) {
      Path file = image.newDirectory("full").resolve("full.pando");
      Path ballast = image.root().resolve("ballast");
      History history = new History(seed);
      for (int round = 0; round < 3; round++) {
        // What is left of the round before may be kilobytes or megabytes.
        long length = Files.exists(file) ? Files.size(file) : 0;
        long room = Files.getFileStore(image.root()).getUsableSpace();
        long taken = room - Math.max(FULL_AFTER - length, 0);
        Files.write(ballast, new byte[Math.toIntExact(taken)]);
        try (Database db = Database.open(file, Worker.options(Mode.SMALL))) {
          final long before = fill(db, history);
          assertThat(db.<Long, RuntimeException>view(history::verify)).isEqualTo(before);
          CheckReport _ = db.check().throwIfBad();
          Files.delete(ballast);
          assertThat(update(db, history, Kind.SPILLED)).isEqualTo(before + 1);
          assertThat(update(db, history, Kind.CLEARING)).isEqualTo(before + 2);
          db.compact();
          CheckReport _ = db.check().throwIfBad();
        }
      }
    }
  }

  private static long seed(String test) {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.println(test + ": seed " + seed);
    return seed;
  }

  private static long update(Database db, History history, Kind kind) {
    return db.<Long, RuntimeException>updateAndGet(tx -> history.write(tx, kind));
  }

  /** The newest step when there is no room for more. */
  private static long fill(Database db, History history) {
    long newest = db.<Long, RuntimeException>view(history::verify);
    for (int i = 0; i < 1000; i++) {
      try {
        newest = update(db, history, Kind.SPILLED);
      } catch (DatabaseFullException e) {
        assertThat(e).hasMessageContainingAll("No space left on device", "make room");
        return newest;
      }
    }
    throw new AssertionError("the disk is never full");
  }

  /**
   * {@code ulimit -f}: the write that reaches the limit is a short one, the next one fails, and the
   * JVM is sent SIGXFSZ, which it ignores. For a program that is a full disk.
   */
  @Test
  void theSystemsLimitOfAFile() throws Exception {
    Strace.need();
    Commands.need("bash", "bash");
    Pattern shortWrite = Pattern.compile("pwrite64.*, (\\d+), \\d+\\) += (\\d+)\\n");
    Path directory = Files.createTempDirectory("pando-limit");
    try {
      int shortWrites = 0;
      for (int kib : new int[] {20, 70, 100, 500, 900}) {
        Strace strace = new Strace(directory.resolve("strace" + kib));
        Path file = directory.resolve(kib + ".pando");
        Survival survival = new Survival(file, kib);
        String limited = "ulimit -f " + kib + "; exec \"$@\"";
        List<String> command = new ArrayList<>(List.of("bash", "-c", limited, "bash"));
        command.addAll(strace.watching("pwrite64", file));
        survival.run(command);
        assertThat(survival.problems())
            .as("limit of " + kib + " KiB")
            .isNotEmpty()
            .allMatch(problem -> problem.contains("File too large"));
        assertThat(survival.kindsOfProblems()).isEqualTo("DatabaseFullException");
        Matcher write = shortWrite.matcher(strace.log());
        while (write.find()) {
          shortWrites += write.group(1).equals(write.group(2)) ? 0 : 1;
        }
        survival.verify("limit of " + kib + " KiB");
      }
      assertThat(shortWrites).as("short writes").isPositive();
    } finally {
      Directories.delete(directory);
    }
  }

  /** Opens for reading; to open it for writing is refused, and says what to do. */
  @Test
  void aReadOnlyMount() throws Exception {
    Commands.needRoot();
    Commands.need("mount", "mount");
    Path directory = Files.createTempDirectory("pando-readonly");
    Path mount = Files.createDirectory(directory.resolve("mounted"));
    Path real = Files.createDirectory(directory.resolve("real"));
    History history = new History(1);
    try (Database db = Database.open(real.resolve("ro.pando"))) {
      assertThat(update(db, history, Kind.SPILLED)).isEqualTo(1);
    }
    try {
      Commands.run("mount", "--bind", real.toString(), mount.toString());
      Commands.run("mount", "-o", "remount,ro,bind", mount.toString());
      Path file = mount.resolve("ro.pando");
      assertThatThrownBy(() -> Database.open(file))
          .isInstanceOf(StorageIoException.class)
          .hasMessageContainingAll(file.toString(), "read-only", "open the database for reading");
      try (Database db = Database.open(file, Options.defaults().withReadOnly(true))) {
        assertThat(db.<Long, RuntimeException>view(history::verify)).isEqualTo(1);
        CheckReport _ = db.check().throwIfBad();
        assertThatThrownBy(() -> update(db, history, Kind.SMALL))
            .isInstanceOf(ReadOnlyException.class);
      }
    } finally {
      Commands.run("umount", mount.toString());
      Directories.delete(directory);
    }
  }

  /** What somebody does to a file while it is open. */
  private interface Hand {
    void at(Path file) throws IOException;
  }

  /** What a process says to whose file that is done while it reads and writes. */
  private List<String> whileOpen(Hand hand, int rounds) throws Exception {
    Path directory = Files.createTempDirectory("pando-hand");
    try {
      Path file = directory.resolve("hand.pando");
      Survival survival = new Survival(file, 1);
      WorkerProcess process = survival.start(List.of(), List.of(String.valueOf(rounds)));
      assertThat(process.await("ack 9")).isTrue();
      hand.at(file);
      survival.end();
      survival.verifyDamaged();
      return survival.problems();
    } finally {
      Directories.delete(directory);
    }
  }

  private static void cut(Path file, double part) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      FileChannel _ = channel.truncate((long) (channel.size() * part));
    }
  }

  /** The user sees an exception that says so, at the next read, write or close; no JVM crash. */
  @Test
  void cutToNothingWhileOpen() throws Exception {
    assertThat(whileOpen(file -> cut(file, 0), 100_000)).isNotEmpty();
  }

  @Test
  void cutInHalfWhileOpen() throws Exception {
    assertThat(whileOpen(file -> cut(file, 0.5), 100_000)).isNotEmpty();
  }

  /**
   * The process goes on with a file that has no name any more, as any program of Unix does, and
   * what it commits would be gone when it closes it: after a second at most it refuses to.
   */
  @Test
  void deletedWhileOpen() throws Exception {
    assertThat(whileOpen(Files::delete, 100_000)).singleElement().asString().contains("deleted");
  }

  /** The process goes on with the file that it has opened, not with the one put there. */
  @Test
  void replacedWhileOpen() throws Exception {
    assertThat(whileOpen(OutsideFaultTest::replace, 100_000))
        .singleElement()
        .asString()
        .contains("replaced");
  }

  private static void replace(Path file) throws IOException {
    Path copy = file.resolveSibling("copy");
    Path _ = Files.copy(file, copy);
    Path _ = Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
  }
}
