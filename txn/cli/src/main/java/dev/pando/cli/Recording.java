package dev.pando.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** What a recording of the JDK's flight recorder has about the commits of databases. */
final class Recording {
  private static final byte[] MAGIC = {'F', 'L', 'R', 0};

  /** Characters of the parser's message, which may have bytes of the file. */
  private static final int MOST_SHOWN = 200;

  private static final String COMMIT = "pando.Commit";

  /** Events that are marked on the axis of time, because they may explain slow commits. */
  private static final Map<String, String> MARKED =
      Map.of(
          "pando.Compaction", "compaction",
          "pando.Takeover", "takeover",
          "pando.LongReader", "long reader",
          "pando.Truncation", "truncation",
          "pando.DamagedPage", "damaged page",
          "pando.Recovery", "opened");

  /** The phases of a commit, by the names of the event's fields. */
  static final List<String> PHASES = List.of("prepare", "write", "meta", "sync");

  /** Kinds of commits, by the event's texts. */
  static final List<String> KINDS = List.of("SYNCED", "LOGGED", "UNSYNCED");

  /** Something else that happened. */
  record Mark(long at, String what) {}

  /** Commits of one database, each as a few numbers, and marks. */
  static final class Commits {
    private static final int WIDTH = 3 + PHASES.size();

    private long[] numbers = new long[WIDTH * 256];
    private int count;
    private final List<Mark> marks = new ArrayList<>();

    int count() {
      return count;
    }

    /** When a commit began, in nanoseconds since the epoch. */
    long at(int commit) {
      return numbers[commit * WIDTH];
    }

    /** How long it took, in nanoseconds. */
    long nanos(int commit) {
      return numbers[commit * WIDTH + 1];
    }

    /** The index of its kind. */
    int kind(int commit) {
      return (int) numbers[commit * WIDTH + 2];
    }

    /** The nanoseconds of a phase. */
    long phase(int commit, int phase) {
      return numbers[commit * WIDTH + 3 + phase];
    }

    List<Mark> marks() {
      return marks;
    }

    private void add(RecordedEvent event) {
      if (numbers.length < (count + 1) * WIDTH) {
        numbers = Arrays.copyOf(numbers, Math.multiplyExact(numbers.length, 2));
      }
      int to = count * WIDTH;
      numbers[to] = sinceEpoch(event.getStartTime());
      numbers[to + 1] = event.getDuration().toNanos();
      numbers[to + 2] = Math.max(0, KINDS.indexOf(String.valueOf(event.getString("kind"))));
      for (int i = 0; i < PHASES.size(); i++) {
        Duration phase = event.getDuration(PHASES.get(i));
        numbers[to + 3 + i] = Math.max(0, phase.toNanos());
      }
      count++;
    }
  }

  private final Map<String, Commits> databases = new TreeMap<>();

  private Recording() {}

  /**
   * Reads a recording.
   *
   * @throws Fault if it is none, or damaged
   */
  static Recording read(Path file) throws IOException {
    if (!isRecording(file)) {
      throw Fault.usage(
          file
              + ": not a recording of the flight recorder; 'jcmd PID JFR.dump filename=FILE' writes one");
    }
    Recording recording = new Recording();
    return read(
        file,
        () -> {
          try (RecordingFile from = new RecordingFile(file)) {
            while (from.hasMoreEvents()) {
              recording.add(from.readEvent());
            }
          }
          return recording;
        });
  }

  /** Parses a file; what JFR's parser throws, which expects no damage, becomes a fault. */
  static Recording read(Path file, Parser parser) {
    try {
      return parser.parse();
    } catch (Exception e) {
      throw damaged(file, e);
    } catch (VirtualMachineError | AssertionError | LinkageError e) {
      throw damaged(file, e); // of lengths and types that are not what was written
    }
  }

  /** What JFR does. */
  interface Parser {
    /** Reads all events. */
    Recording parse() throws Exception;
  }

  private static Fault damaged(Path file, Throwable cause) {
    String message = cause.getMessage() == null ? "" : ": " + cause.getMessage();
    return Fault.usage(
        "%s: the recording is damaged, or still being written (%s%s); 'jcmd PID JFR.dump' writes a whole one"
            .formatted(
                file,
                cause.getClass().getSimpleName(),
                message.substring(0, Math.min(MOST_SHOWN, message.length()))),
        cause);
  }

  private static boolean isRecording(Path file) throws IOException {
    try (var from = Files.newInputStream(file)) {
      return Arrays.equals(from.readNBytes(MAGIC.length), MAGIC);
    }
  }

  /** By the paths of the databases. */
  Map<String, Commits> databases() {
    return databases;
  }

  private void add(RecordedEvent event) {
    String name = event.getEventType().getName();
    String mark = MARKED.get(name);
    if (name.equals(COMMIT)) {
      commits(event).add(event);
    } else if (mark != null) {
      boolean _ = commits(event).marks.add(new Mark(sinceEpoch(event.getStartTime()), mark));
    }
  }

  private Commits commits(RecordedEvent event) {
    return databases.computeIfAbsent(
        String.valueOf(event.getString("database")), _ -> new Commits());
  }

  private static long sinceEpoch(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
  }
}
