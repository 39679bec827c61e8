package dev.pando.testkit;

import dev.pando.testkit.SimulatedFile.Choice;
import dev.pando.testkit.SimulatedFile.Harsh;
import dev.pando.testkit.SimulatedFile.Harsh.Beyond;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;

/**
 * Disks as a power cut at one moment may leave them. While few sectors are not synced, all their
 * subsets; of many: none, all, each write missing, alone, the last and the first that reached the
 * disk, and random subsets of writes and of sectors. Besides, writes to the head of a file torn at
 * any byte, and files whose length and content do not fit together.
 */
public final class CrashImages {
  private final SimulatedDisk disk;
  private final Random random;
  private int exhaustive = 12;
  private int samples = 16;
  private long head;

  /** A part that reaches the disk or not; of names, if there is no file. */
  private record Unit(int file, int operation, int part) {}

  private static final int NAMES = -1;

  CrashImages(SimulatedDisk disk, Random random) {
    this.disk = disk;
    this.random = random;
  }

  /**
   * Sets how many there are.
   *
   * @param value up to so many sectors all their subsets are tried
   * @param most of each kind of image that there is for every write, and random ones
   */
  public CrashImages exhaustingUpTo(int value, int most) {
    exhaustive = value;
    samples = most;
    return this;
  }

  /** Writes to the first bytes of a file are torn at any byte, too; none by default. */
  public CrashImages tearingHead(long bytes) {
    head = bytes;
    return this;
  }

  /**
   * Makes the disks, one after the other; each is closed after its turn.
   *
   * @param action gets what kind of image it is, for people, and the disk
   */
  public void forEach(BiConsumer<String, SimulatedDisk> action) {
    synchronized (disk) {
      List<Unit> units = units();
      if (units.size() <= exhaustive) {
        for (long subset = 0; subset < 1L << units.size(); subset++) {
          long bits = subset;
          give("subset " + bits + " of " + units.size(), units, i -> (bits >> i & 1) != 0, action);
        }
      } else {
        sample(units, action);
      }
      for (int i = 0; i < disk.files().size(); i++) {
        tearHead(i, action);
        changeLength(i, action);
      }
    }
  }

  /** One disk as a power cut may leave it, chosen by chance; the caller closes it. */
  public SimulatedDisk any() {
    synchronized (disk) {
      List<Unit> units = units();
      double share = random.nextDouble();
      boolean[] reaches = new boolean[units.size()];
      for (int i = 0; i < reaches.length; i++) {
        reaches[i] = random.nextDouble() < share;
      }
      return build(units, i -> reaches[i]);
    }
  }

  private List<Unit> units() {
    List<Unit> units = new ArrayList<>();
    for (int i = 0; i < disk.pendingNames().size(); i++) {
      units.add(new Unit(NAMES, i, 0));
    }
    for (int file = 0; file < disk.files().size(); file++) {
      List<Pending> pending = disk.files().get(file).pending();
      for (int i = 0; i < pending.size(); i++) {
        for (int part = 0; part < pending.get(i).parts(); part++) {
          units.add(new Unit(file, i, part));
        }
      }
    }
    return units;
  }

  /** Whether a unit reaches the disk, by its index. */
  @FunctionalInterface
  private interface Subset {
    boolean reaches(int unit);
  }

  private void sample(List<Unit> units, BiConsumer<String, SimulatedDisk> action) {
    give("nothing", units, i -> false, action);
    give("everything", units, i -> true, action);
    for (int k : someWrites(units)) {
      Unit at = units.get(k);
      int last = lastPart(units, k);
      int torn = k + random.nextInt(last - k + 1);
      String write = "write " + at.operation + ", " + units.size() + " sectors";
      give("up to sector " + torn + " in " + write, units, i -> i <= torn, action);
      give("without " + write, units, i -> i < k || i > last, action);
      give("only " + write, units, i -> i >= k && i <= last, action);
      give("from after " + write, units, i -> i > last, action);
    }
    for (int n = 0; n < samples; n++) {
      double share = random.nextDouble();
      boolean whole = random.nextBoolean();
      boolean[] reaches = new boolean[units.size()];
      for (int i = 0; i < reaches.length; i++) {
        boolean same = whole && i > 0 && sameWrite(units.get(i), units.get(i - 1));
        reaches[i] = same ? reaches[i - 1] : random.nextDouble() < share;
      }
      give("random " + n + " of " + units.size() + " sectors", units, i -> reaches[i], action);
    }
  }

  /** The first units of writes: the last ones always, of the others some. */
  private List<Integer> someWrites(List<Unit> units) {
    List<Integer> starts = new ArrayList<>();
    for (int i = 0; i < units.size(); i++) {
      if (units.get(i).part == 0) {
        starts.add(i);
      }
    }
    while (starts.size() > samples) {
      starts.remove(random.nextInt(Math.max(1, starts.size() - 2)));
    }
    return starts;
  }

  private static int lastPart(List<Unit> units, int first) {
    int last = first;
    while (last + 1 < units.size() && sameWrite(units.get(last + 1), units.get(first))) {
      last++;
    }
    return last;
  }

  private static boolean sameWrite(Unit a, Unit b) {
    return a.file == b.file && a.operation == b.operation && a.file != NAMES;
  }

  private void give(
      String kind, List<Unit> units, Subset subset, BiConsumer<String, SimulatedDisk> action) {
    try (SimulatedDisk left = build(units, subset)) {
      action.accept(kind, left);
    }
  }

  private SimulatedDisk build(List<Unit> units, Subset subset) {
    boolean[][][] reaches = new boolean[disk.files().size()][][];
    for (int file = 0; file < reaches.length; file++) {
      List<Pending> pending = disk.files().get(file).pending();
      reaches[file] = new boolean[pending.size()][];
      for (int i = 0; i < pending.size(); i++) {
        reaches[file][i] = new boolean[pending.get(i).parts()];
      }
    }
    boolean[] nameReaches = new boolean[disk.pendingNames().size()];
    for (int i = 0; i < units.size(); i++) {
      Unit unit = units.get(i);
      if (unit.file == NAMES) {
        nameReaches[unit.operation] = subset.reaches(i);
      } else {
        reaches[unit.file][unit.operation][unit.part] = subset.reaches(i);
      }
    }
    Map<Path, SimulatedFile> names = disk.namesAfter(i -> nameReaches[i]);
    return disk(names, (file, operation, part) -> reaches[file][operation][part], -1, Harsh.NONE);
  }

  @FunctionalInterface
  private interface FileChoice {
    boolean reaches(int file, int operation, int part);
  }

  private SimulatedDisk disk(
      Map<Path, SimulatedFile> names, FileChoice choice, int harshFile, Harsh harsh) {
    long room = 64 << 10;
    for (SimulatedFile file : names.values()) {
      room = Math.max(room, Math.max(file.size(), file.durableSize()));
      for (Pending operation : file.pending()) { // the file may have been truncated since
        room = Math.max(room, operation.end());
      }
    }
    // A power of two, so that memory fits the next image; as much again for what is written then.
    SimulatedDisk left =
        new SimulatedDisk(Math.min(2 * disk.capacity(), Long.highestOneBit(2 * room) << 1));
    names.forEach(
        (path, file) -> {
          int index = disk.files().indexOf(file);
          Choice parts = (operation, part) -> choice.reaches(index, operation, part);
          left.put(path, file.image(parts, index == harshFile ? harsh : Harsh.NONE));
        });
    return left;
  }

  /** A write to the head of a file, torn at a byte, with all of the others and with none. */
  private void tearHead(int index, BiConsumer<String, SimulatedDisk> action) {
    List<Pending> pending = disk.files().get(index).pending();
    for (int k = 0; k < pending.size(); k++) {
      byte[] bytes = pending.get(k).bytes();
      if (bytes == null || bytes.length < 2 || pending.get(k).offset() >= head) {
        continue;
      }
      int count = 1 + random.nextInt(bytes.length - 1);
      Harsh torn = new Harsh(k, count, Beyond.AS_WRITTEN, 0);
      giveHarsh("head torn at byte " + count, index, true, torn, action);
      giveHarsh("only the head, torn at byte " + count, index, false, torn, action);
    }
  }

  /** Length and content that do not fit together. */
  private void changeLength(int index, BiConsumer<String, SimulatedDisk> action) {
    SimulatedFile file = disk.files().get(index);
    if (file.pending().stream().allMatch(operation -> operation.end() <= file.durableSize())) {
      return;
    }
    for (Beyond beyond : List.of(Beyond.ABSENT, Beyond.ZEROS, Beyond.GARBAGE)) {
      Harsh harsh = new Harsh(-1, 0, beyond, random.nextLong());
      giveHarsh("new length " + beyond, index, true, harsh, action);
    }
    Harsh garbage = new Harsh(-1, 0, Beyond.GARBAGE, random.nextLong());
    giveHarsh("nothing but a new length of garbage", index, false, garbage, action);
  }

  private void giveHarsh(
      String kind,
      int index,
      boolean written,
      Harsh harsh,
      BiConsumer<String, SimulatedDisk> action) {
    Map<Path, SimulatedFile> names = disk.namesAfter(i -> true);
    if (names.containsValue(disk.files().get(index))) {
      try (SimulatedDisk left = disk(names, (file, operation, part) -> written, index, harsh)) {
        action.accept(kind, left);
      }
    }
  }
}
