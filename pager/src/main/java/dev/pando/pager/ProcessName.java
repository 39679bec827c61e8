package dev.pando.pager;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A process as other processes of the machine can find it. A process id alone is not enough: the
 * system gives it to another process later, and each container counts from one.
 *
 * @param pid the process id
 * @param start when it started: in ticks since the machine's start, or in milliseconds since 1970
 *     where the system does not show those; 0 if that is not known
 * @param boot names the machine's start; 0 if that is not known
 * @param place the namespace in which the id counts, and the user
 */
public record ProcessName(long pid, long start, long boot, long place) {
  /** What the system says of a process. */
  public enum Life {
    /** It runs, or is stopped. */
    ALIVE,
    /** It has ended. */
    DEAD,
    /** It is in another container, or hidden from this user. */
    UNKNOWN
  }

  private static final Path PROC = Path.of("/proc");
  private static final ProcessName OURS = Files.exists(PROC.resolve("self/stat")) ? linux() : any();
  private static final long NAMESPACE = 0xFFFF_FFFFL;
  private static final int START_FIELD = 19; // counted from the state, which follows the name

  /** This process. */
  public static ProcessName ours() {
    return OURS;
  }

  /** Opening a database waits for this: a process handle would start the JDK's threads for them. */
  private static ProcessName linux() {
    try {
      Path self = Files.readSymbolicLink(PROC.resolve("self"));
      long pid = Long.parseLong(self.toString());
      String namespace = Files.readSymbolicLink(PROC.resolve("self/ns/pid")).toString();
      long number = Long.parseLong(digits(namespace));
      int user = (Integer) Files.getAttribute(PROC.resolve("self"), "unix:uid");
      UUID boot =
          UUID.fromString(Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip());
      long start = Long.parseLong(stat(pid)[START_FIELD]);
      return new ProcessName(
          pid,
          start,
          (boot.getMostSignificantBits() ^ boot.getLeastSignificantBits()) | 1,
          (number & NAMESPACE) | ((long) user << 32));
    } catch (IOException | RuntimeException e) { // a system that emulates Linux
      return new ProcessName(ProcessHandle.current().pid(), 0, 0, 0);
    }
  }

  private static String digits(String text) {
    StringBuilder digits = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= '0' && text.charAt(i) <= '9') {
        digits.append(text.charAt(i));
      }
    }
    return digits.toString();
  }

  private static ProcessName any() {
    ProcessHandle process = ProcessHandle.current();
    return new ProcessName(process.pid(), start(process), 1, 0);
  }

  private static long start(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /** What the system says of this process. */
  public Life life() {
    if (OURS.boot == 0 || boot == 0) {
      return Life.UNKNOWN;
    }
    if (boot != OURS.boot) {
      return Life.DEAD;
    }
    if (OURS.place == 0) {
      return lifeByHandle();
    }
    return (place & NAMESPACE) == (OURS.place & NAMESPACE) ? lifeOnLinux() : Life.UNKNOWN;
  }

  private Life lifeOnLinux() {
    long user = OURS.place >>> 32;
    // An administrator may hide processes of other users.
    Life missing = user == 0 || user == place >>> 32 ? Life.DEAD : Life.UNKNOWN;
    if (!Files.exists(PROC.resolve(String.valueOf(pid)))) {
      return missing; // opening after a kill comes here: an exception costs more than this look
    }
    try {
      String[] stat = stat(pid);
      if (Long.parseLong(stat[START_FIELD]) != start) {
        return Life.DEAD; // another process has its id
      }
      // A thread of a process that is being killed may still run while the first one has ended.
      return stat[0].equals("Z") || stat[0].equals("X") ? Life.UNKNOWN : Life.ALIVE;
    } catch (NoSuchFileException e) {
      return missing;
    } catch (IOException | RuntimeException e) { // it is ending
      return Life.UNKNOWN;
    }
  }

  private Life lifeByHandle() {
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    if (process.isEmpty()) {
      return Life.DEAD;
    }
    long found = start(process.get());
    if (found == 0 || start == 0) {
      return Life.UNKNOWN;
    }
    return found == start ? Life.ALIVE : Life.DEAD;
  }

  /** The words after the command, which may have any characters. */
  private static String[] stat(long pid) throws IOException {
    String line = new String(Files.readAllBytes(PROC.resolve(pid + "/stat")), US_ASCII);
    return line.substring(line.lastIndexOf(')') + 2).split(" ");
  }
}
