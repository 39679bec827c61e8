package dev.pando.damage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.Options;
import dev.pando.crash.Figures;
import dev.pando.damage.Probe.Outcome;
import dev.pando.pager.PageHeader;
import dev.pando.testkit.SimulatedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One bit of a database of 64 pages turned, in every byte, and each bit of all metas and all page
 * headers: what is read then is right, or an older whole commit if a meta was hit, or an error that
 * names file and page; and the check finds every one that hit a page in use. At a scale below 1
 * each run takes an even sample of them.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("proof")
@Tag("scaled")
final class BitFlipTest {
  private static final int PAGE = 4096;
  private static final int PAGES = 64;
  private static final int BYTES = PAGES * PAGE;
  private static final int META_BYTES = PageHeader.META_SLOTS * PAGE;
  private static final int HEADER_BYTES = (PAGES - PageHeader.META_SLOTS) * PageHeader.SIZE;

  /** The bits of metas and headers beside the one that every byte gets. */
  private static final int MORE = (Byte.SIZE - 1) * (META_BYTES + HEADER_BYTES);

  private static final int REAL_FLIPS = 4096;
  private static final RichFile FILE = RichFile.make(PAGE, PAGES);

  private static final int ROUND = BYTES + MORE;
  private static final int AT_ONCE = PAGE;

  /** A bit to turn. */
  private record Flip(int at, int bit) {
    /** The seeds of a round turn a bit of every byte, and all of metas and headers. */
    static Flip of(long seed) {
      long round = Math.floorDiv(seed, (long) ROUND);
      int number = (int) Math.floorMod(seed, (long) ROUND);
      if (number < BYTES) {
        return new Flip(number, bit(number, round));
      }
      int more = number - BYTES;
      int at = at(more / (Byte.SIZE - 1));
      int other = 1 + more % (Byte.SIZE - 1);
      return new Flip(at, (bit(at, round) + other) % Byte.SIZE);
    }

    /** The bytes of metas, then those of headers. */
    private static int at(int number) {
      if (number < META_BYTES) {
        return number;
      }
      int header = number - META_BYTES;
      return META_BYTES + header / PageHeader.SIZE * PAGE + header % PageHeader.SIZE;
    }

    private static int bit(int at, long round) {
      return new SplittableRandom(round * BYTES + at).nextInt(Byte.SIZE);
    }

    int page() {
      return at / PAGE;
    }

    int bits() {
      return 1 << bit;
    }
  }

  private final Map<Outcome, Integer> outcomes = new ConcurrentHashMap<>();

  @Test
  void everyByteAndEveryBitOfMetasAndHeaders() {
    Figures figures = new Figures("bit flips of 64 pages", ROUND);
    long first =
        Figures.replays()
            ? 0
            : ROUND - Math.floorMod(figures.seed(0), (long) ROUND); // whole rounds
    long cases = Figures.replays() ? 1 : figures.wanted();
    LongStream.rangeClosed(0, (cases - 1) / AT_ONCE)
        .parallel()
        .map(part -> part * AT_ONCE)
        .forEach(from -> flip(figures, first, from, Math.min(from + AT_ONCE, cases)));
    System.out.println("bit flips: " + outcomes);
    if (!Figures.replays()) {
      int newest = outcomes.get(Outcome.OLDER);
      assertThat(outcomes.get(Outcome.META_TOLD))
          .as("the other metas")
          .isBetween(newest, 3 * newest);
      if (cases == ROUND) {
        assertThat(newest).as("newest meta").isEqualTo(Byte.SIZE * PAGE);
        assertThat(outcomes.get(Outcome.META_TOLD)).isEqualTo(Byte.SIZE * 2 * PAGE);
      }
    }
    figures.reached(cases);
  }

  /** Some flips, on a disk of their own; an odd step meets all eight bits. */
  private void flip(Figures figures, long first, long from, long to) {
    int step = Figures.oneOf() | 1;
    try (SimulatedDisk disk = new SimulatedDisk(2L * BYTES)) {
      disk.put(RichFile.PATH, FILE.image());
      Probe probe = new Probe(FILE, RichFile.PATH, disk.options(Options.defaults()));
      for (long i = from; i < to; i++) {
        long seed = figures.seed(first + i * step);
        Flip flip = Flip.of(seed);
        try {
          disk.flip(RichFile.PATH, flip.at, flip.bits());
          outcomes.merge(probe.judgeOneOfMany(flip.page(), (int) (i - from)), 1, Integer::sum);
          disk.flip(RichFile.PATH, flip.at, flip.bits());
          assertThat(disk.isDirty()).as("a reader wrote").isFalse();
        } catch (Throwable e) {
          throw Figures.failed(seed, e);
        }
      }
    }
  }

  /** The same through the real map, channel and lock file, for some bits of all pages. */
  @Test
  void someInARealFile(@TempDir Path directory) throws IOException {
    Figures figures = new Figures("bit flips of a real file", REAL_FLIPS);
    Path path = Files.write(directory.resolve("real.pando"), FILE.image());
    Probe probe = new Probe(FILE, path, Options.defaults());
    long cases = Figures.replays() ? 1 : figures.wanted();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      for (long i = 0; i < cases; i++) {
        long seed = figures.seed(i);
        Flip flip = Flip.of(new SplittableRandom(seed).nextLong() >> Byte.SIZE);
        try {
          byte good = FILE.image()[flip.at];
          write(channel, flip.at, (byte) (good ^ flip.bits()));
          outcomes.merge(probe.judge(Set.of(flip.page()), (int) i), 1, Integer::sum);
          write(channel, flip.at, good);
        } catch (Throwable e) {
          throw Figures.failed(seed, e);
        }
      }
    }
    assertThat(Files.readAllBytes(path)).isEqualTo(FILE.image());
    System.out.println("bit flips of a real file: " + outcomes);
    figures.reached(cases);
  }

  private static void write(FileChannel channel, int at, byte value) throws IOException {
    int _ = channel.write(ByteBuffer.wrap(new byte[] {value}), at);
  }
}
