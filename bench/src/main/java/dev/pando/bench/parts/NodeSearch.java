package dev.pando.bench.parts;

import dev.pando.btree.PageSearch;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Finding a key in one page; up to 64 pages take turns, so they are in the cache of the core. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class NodeSearch {
  private static final int ORDER = 1 << 16;

  /** Bytes of a key: random ones. */
  @Param({"4", "16"})
  public int keyBytes;

  private PageSearch leaves;
  private PageSearch branches;
  private int[] leafOrder;
  private int[] branchOrder;
  private int next;

  /** Grows two trees. */
  @Setup(Level.Trial)
  public void grow() {
    leaves = PageSearch.leaves(keyBytes);
    branches = PageSearch.branches(keyBytes);
    leafOrder = new SplittableRandom(7).ints(ORDER, 0, leaves.size()).toArray();
    branchOrder = new SplittableRandom(7).ints(ORDER, 0, branches.size()).toArray();
  }

  /** A key that is there. */
  @Benchmark
  public int leaf() {
    return leaves.searchLeaf(leafOrder[next++ & ORDER - 1]);
  }

  /** The child below which a key stands. */
  @Benchmark
  public int branch() {
    return branches.searchBranch(branchOrder[next++ & ORDER - 1]);
  }
}
