package dev.pando.bench.jmh;

import dev.pando.pager.PageHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What each page of 4 KiB costs before it is written, and when it is first read. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class PageSeal {
  private static final int PAGE = 4096;

  private final MemorySegment page = Arena.ofAuto().allocate(PAGE, PAGE);
  private final byte[] copy = new byte[PAGE];
  private final CRC32C crc = new CRC32C();
  private long pgno = PageHeader.FIRST_PGNO;

  /** Random bytes. */
  @Setup(Level.Trial)
  public void fill() {
    new SplittableRandom(42).nextBytes(copy);
    MemorySegment.copy(copy, 0, page, ValueLayout.JAVA_BYTE, 0, PAGE);
  }

  /** Identity and checksum into the header: what a page gets on its way to the file. */
  @Benchmark
  public int seal() {
    PageHeader.setIdentity(page, 0, pgno++, 1);
    PageHeader.seal(page, 0, PAGE);
    return PageHeader.checksum(page, 0);
  }

  /** The checksum alone, of private memory. */
  @Benchmark
  public int checksum() {
    return PageHeader.computeChecksum(page, 0, PAGE);
  }

  /** As pages of the map are verified: a copy to the heap first. */
  @Benchmark
  public int copyAndChecksum() {
    MemorySegment.copy(page, ValueLayout.JAVA_BYTE, 0, copy, 0, PAGE);
    crc.reset();
    crc.update(copy, PageHeader.TYPE, PAGE - PageHeader.TYPE);
    return (int) crc.getValue();
  }
}
