package dev.pando.pager;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Asks the system for pages before they are read through the map, while memory is short. A page of
 * a map that is not in memory is read together with 128 KiB and more around it, which the system
 * expects to be needed next. That is right while a file comes into memory. If the file has no room
 * there, each random read throws out dozens of other pages. {@link MemorySegment#load} reads what
 * it is asked for ({@code madvise} with {@code MADV_WILLNEED}).
 *
 * <p>Thread-safe; {@link #look} is for one thread at a time.
 *
 * <p>See DECISIONS.md, 'Files larger than memory'.
 */
final class PageFetch {
  private static final Path STAT = Path.of("/proc/self/stat");
  private static final Path IO = Path.of("/proc/self/io");

  /** Index of the major faults among the fields of {@link #STAT} that follow the name. */
  private static final int MAJOR_FAULTS = 9;

  private static final String READ_BYTES = "read_bytes:";

  /** What memory there is: of the machine, and of a container. The least counts. */
  private static final Path MACHINE = Path.of("/proc/meminfo");

  private static final Path CONTAINER = Path.of("/sys/fs/cgroup/memory.max");

  /** Major faults between two looks from which on memory may be short. */
  private static final long BUSY = 50;

  /**
   * Pages from the disk between two looks up to which memory is not short any more: by the time
   * that calls took, or by the bytes that the process has read. On a busy machine a call from
   * memory may take as long as one from the disk.
   */
  private static final long CALM = 20;

  /** Looks in a row after which what was busy is calm. */
  private static final int CALM_LOOKS = 10;

  /** Bytes of the system's pages, or fewer. */
  private static final long LEAST_PAGE = 4096;

  /** A call that takes longer has read from the disk; one from memory takes 2 µs. */
  private static final long DISK_NANOS = 10_000;

  private final PageFile file;
  private volatile boolean isOn;

  /** Fetches that read from the disk; threads may count one for two. */
  private long diskReads;

  /** The next word of a bitmap to be cleared; threads may clear the same one. */
  private int hand;

  /** Whether the system tells what {@link #look} asks. */
  private boolean isPossible = true;

  // What the last look has found.

  private long faults = Long.MAX_VALUE;
  private long reads;
  private long bytes;

  /** Bytes that were read before the faults began. */
  private long bytesBefore;

  private int calmLooks = CALM_LOOKS;

  PageFetch(PageFile file) {
    this.file = file;
  }

  /** Whether pages are to be fetched. */
  boolean isOn() {
    return isOn;
  }

  /** What a fetch has found. */
  enum Result {
    /** It read nothing: reading the map tells why. */
    FAILED,
    FROM_MEMORY,
    FROM_DISK
  }

  /**
   * Fetches bytes. The time it takes shows where they come from.
   *
   * @param map a part of the map of the file, and where the bytes begin in it
   */
  Result fetch(MemorySegment map, long offset, long bytes) {
    long begin = System.nanoTime();
    try {
      map.asSlice(offset, Math.min(bytes, map.byteSize() - offset)).load();
    } catch (InternalError | IllegalStateException e) {
      return Result.FAILED; // the file may be shorter than the map, or the map closed
    } catch (StackOverflowError | OutOfMemoryError e) {
      return Result.FAILED; // reading it needs less
    }
    if (System.nanoTime() - begin <= DISK_NANOS) {
      return Result.FROM_MEMORY;
    }
    diskReads++;
    return Result.FROM_DISK;
  }

  /** Returns the word of a bitmap from which on some are to be cleared: they take turns. */
  int nextWord(int words, int howMany) {
    int from = hand < words ? hand : 0;
    hand = from + howMany;
    return from;
  }

  /**
   * Looks, about once a second, whether memory is short: pages are read through the map all the
   * time, and more bytes have been read than the file has, or than there is memory.
   *
   * @return whether it has become short: all pages of the map may be out of memory
   */
  boolean look() {
    if (!isPossible) {
      return false;
    }
    try {
      return look(majorFaults(text(STAT)), bytesRead(text(IO)));
    } catch (NoSuchFileException | NumberFormatException | IndexOutOfBoundsException e) {
      isPossible = false; // another system
    } catch (IOException e) {
      // Too many files are open, or it may not be asked: then it fails each time, for little.
    }
    return false;
  }

  /** A name in it may have any bytes. */
  private static String text(Path path) throws IOException {
    return Files.readString(path, StandardCharsets.ISO_8859_1);
  }

  /** As {@link #look()}, with what the system says now. */
  boolean look(long faultsNow, long bytesNow) {
    long readsNow = diskReads;
    boolean isReading = readsNow - reads > CALM && bytesNow - bytes > CALM * LEAST_PAGE;
    boolean isBusy = isOn ? isReading : faultsNow - faults >= BUSY;
    faults = faultsNow;
    reads = readsNow;
    bytes = bytesNow;
    calmLooks = isBusy ? 0 : Math.min(calmLooks + 1, CALM_LOOKS);
    if (calmLooks == CALM_LOOKS) {
      isOn = false;
      bytesBefore = bytesNow;
    }
    if (isOn || !isBusy || bytesNow - bytesBefore <= Math.min(file.size(), memory())) {
      return false;
    }
    isOn = true;
    return true;
  }

  private static long memory() {
    return Math.min(number(MACHINE, 1024), number(CONTAINER, 1));
  }

  /** The first number of a file; {@link Long#MAX_VALUE} if there is none. */
  private static long number(Path path, long unit) {
    try {
      String[] words = text(path).split("[^0-9]+", 3);
      return Long.parseLong(words[words[0].isEmpty() ? 1 : 0]) * unit;
    } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
      return Long.MAX_VALUE;
    }
  }

  /** Finds the number in {@code /proc/self/stat}; the name before it may have any characters. */
  static long majorFaults(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", MAJOR_FAULTS + 2);
    return Long.parseLong(fields[MAJOR_FAULTS]);
  }

  /** Finds the number in {@code /proc/self/io}. */
  static long bytesRead(String io) {
    int start = io.indexOf(READ_BYTES) + READ_BYTES.length();
    return Long.parseLong(io.substring(start, io.indexOf('\n', start)).strip());
  }
}
