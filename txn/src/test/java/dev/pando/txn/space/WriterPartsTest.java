package dev.pando.txn.space;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.pager.LogPlace;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The small parts of the write side, each by itself. */
final class WriterPartsTest {
  @Test
  void pagesAreHeldByExactlyThePinsThatSeeThem() {
    Pins pins = new Pins(30, 10, 20, 20);
    for (long birth = 1; birth < 40; birth++) {
      for (long freed = birth; freed < 40; freed++) {
        boolean seen = false;
        for (long pin = 10; pin <= 30; pin += 10) {
          seen |= birth <= pin && pin < freed;
        }
        assertThat(pins.hold(birth, freed)).as("%d to %d", birth, freed).isEqualTo(seen);
      }
    }
    assertThat(pins.canonicalBirth(1)).isEqualTo(10);
    assertThat(pins.canonicalBirth(10)).isEqualTo(10);
    assertThat(pins.canonicalBirth(11)).isEqualTo(20);
  }

  @Test
  void aCanonicalBirthIsHeldByTheSamePins() {
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      long[] ids = random.longs(5, 1, 50).toArray();
      Pins pins = new Pins(ids);
      long freed = java.util.Arrays.stream(ids).max().orElseThrow() + 1;
      long birth = 1 + random.nextLong(freed - 1);
      long canonical = pins.canonicalBirth(birth);
      assertThat(canonical).isBetween(birth, freed);
      for (long gone : ids) {
        Pins left = new Pins(java.util.Arrays.stream(ids).filter(id -> id != gone).toArray());
        assertThat(left.hold(canonical, freed)).isEqualTo(left.hold(birth, freed));
      }
    }
  }

  /** As if all snapshots from one on were pinned one by one. */
  @Test
  void readersWithoutASlotHoldAllFromOneOn() {
    Random random = new Random(2);
    for (int i = 0; i < 2000; i++) {
      long from = random.nextLong(60);
      long[] ids = random.longs(4, 1, 60).toArray();
      Pins vague = Pins.withAllFrom(from, ids);
      Pins all =
          new Pins(LongStream.concat(LongStream.of(ids), LongStream.range(from, 70)).toArray());
      long birth = random.nextLong(65);
      long freed = birth + random.nextLong(70 - birth);
      assertThat(vague.hold(birth, freed)).isEqualTo(all.hold(birth, freed));
      if (LongStream.of(ids).anyMatch(id -> id >= birth)) {
        assertThat(vague.canonicalBirth(birth)).isEqualTo(all.canonicalBirth(birth));
      }
      assertThat(vague.isVague(birth)).isEqualTo(birth >= from);
      assertThat(LongStream.of(ids).allMatch(vague::containUnnamed)).isTrue();
    }
  }

  /** Named snapshots are given apart, and pin as all others do. */
  @Test
  void namedSnapshotsPinLikeOthers() {
    Random random = new Random(4);
    for (int i = 0; i < 2000; i++) {
      long[] kept = random.longs(random.nextInt(4), 1, 60).sorted().distinct().toArray();
      long[] ids = random.longs(1 + random.nextInt(3), 1, 60).toArray();
      Pins both = Pins.withKept(kept, Long.MAX_VALUE, ids);
      Pins all = new Pins(LongStream.concat(LongStream.of(ids), LongStream.of(kept)).toArray());
      assertThat(both.sorted()).isEqualTo(all.sorted());
      for (long birth = 1; birth <= all.sorted()[all.sorted().length - 1]; birth++) {
        long freed = birth + random.nextLong(70 - birth);
        assertThat(both.hold(birth, freed)).isEqualTo(all.hold(birth, freed));
        assertThat(both.keep(birth, freed)).isEqualTo(new Pins(kept).hold(birth, freed));
        assertThat(both.canonicalBirth(birth)).isEqualTo(all.canonicalBirth(birth));
      }
      assertThat(LongStream.of(ids).allMatch(both::containUnnamed)).isTrue();
    }
  }

  /** Transactions free pages while readers and named snapshots come and go. */
  @Test
  void heldPagesAreExactlyThoseThatAPinSees() {
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      HeldPages held = new HeldPages();
      PageSet reusable = new PageSet(0);
      Map<Long, long[]> dates = new HashMap<>(); // birth and freeing transaction of a page
      List<Long> readers = new ArrayList<>();
      long[] named = {};
      for (long txn = 1; txn < 150; txn++) {
        long base = txn - 1;
        if (random.nextInt(4) == 0) {
          readers.add(base);
        }
        readers.removeIf(reader -> random.nextInt(6) == 0);
        if (random.nextInt(8) == 0) {
          named = LongStream.concat(LongStream.of(named), LongStream.of(base)).toArray();
        } else if (random.nextInt(10) == 0) {
          int gone = random.nextInt(named.length + 1);
          long[] before = named;
          named =
              IntStream.range(0, before.length)
                  .filter(at -> at != gone)
                  .mapToLong(at -> before[at])
                  .toArray();
        }
        LongStream unnamed = readers.stream().mapToLong(reader -> reader);
        long[] ids = LongStream.concat(unnamed, LongStream.of(base)).toArray();
        Pins pins = Pins.withKept(named, Long.MAX_VALUE, ids);
        long _ = held.release(pins, reusable);
        dates.forEach(
            (page, date) ->
                assertThat(reusable.contains(page)).isEqualTo(!pins.hold(date[0], date[1])));
        assertThat(held.pages()).isEqualTo(dates.size() - reusable.size());
        for (int i = random.nextInt(5); i > 0; i--) {
          long birth = random.nextLong(txn);
          long page = dates.size();
          dates.put(page, new long[] {birth, txn});
          held.add(pins.canonicalBirth(birth), txn, page, 1);
        }
      }
    }
  }

  @Test
  void aPageSetIsASet() {
    Random random = new Random(3);
    PageSet set = new PageSet(10);
    boolean[] model = new boolean[1000];
    for (int i = 0; i < 20_000; i++) {
      int from = random.nextInt(800);
      int length = random.nextInt(200);
      boolean add = random.nextBoolean();
      int changed = 0;
      for (int page = from; page < from + length; page++) {
        changed += model[page] == add ? 0 : 1;
        model[page] = add;
      }
      assertThat(add ? set.addRun(from, length) : set.removeRun(from, length)).isEqualTo(changed);
      int at = random.nextInt(1000);
      int in = at;
      while (in < 1000 && !model[in]) {
        in++;
      }
      int out = at;
      while (out < 1000 && model[out]) {
        out++;
      }
      assertThat(set.contains(at)).isEqualTo(model[at]);
      assertThat(set.nextIn(at, 1000)).isEqualTo(in);
      assertThat(set.nextOut(at, 1000)).isEqualTo(out);
    }
    long members = 0;
    for (boolean member : model) {
      members += member ? 1 : 0;
    }
    assertThat(set.size()).isEqualTo(members);
  }

  /** Runs so long that the levels above the bits are searched and changed. */
  @Test
  void aPageSetKnowsLongRuns() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int pages = 3_000_000;
    PageSet set = new PageSet(0);
    BitSet model = new BitSet();
    for (int i = 0; i < 1500; i++) {
      int from = random.nextInt(pages);
      int end = from + random.nextInt(random.nextInt(4) == 0 ? pages - from : 5000) + 1;
      int before = model.cardinality();
      boolean add = random.nextBoolean();
      model.set(from, end, add);
      long changed = add ? set.addRun(from, end - from) : set.removeRun(from, end - from);
      assertThat(changed).isEqualTo(Math.abs(model.cardinality() - before));
      int at = random.nextInt(pages) + 1;
      int in = model.nextSetBit(at);
      String where = "seed %d, step %d, page %d".formatted(seed, i, at);
      assertThat(set.nextIn(at, pages)).as(where).isEqualTo(in < 0 ? pages : Math.min(in, pages));
      assertThat(set.nextOut(at, pages))
          .as(where)
          .isEqualTo(Math.min(model.nextClearBit(at), pages));
      assertThat(set.startOfRunBefore(at)).as(where).isEqualTo(model.previousClearBit(at - 1) + 1);
      if (i % 300 == 299) {
        PageSet copy = new PageSet(0);
        copy.addAll(set);
        assertThat(copy.size()).isEqualTo(model.cardinality());
        set.removeAll();
        assertThat(set.size() + set.nextIn(0, pages)).isEqualTo(pages);
        assertThat(set.nextOut(0, pages)).isZero();
        set.addAll(copy);
      }
    }
  }

  @Test
  void longRunsAreTakenFirstAndInOrder() {
    PageSet reusable = new PageSet(0);
    RunFinder finder = new RunFinder(reusable);
    finder.added(reusable.addRun(10, 3) + reusable.addRun(20, 5) + reusable.addRun(40, 1));
    finder.added(reusable.addRun(50, 5));
    finder.begin(100);
    assertThat(finder.take(1, 9, 1)).isEqualTo(20);
    assertThat(finder.take(5, 9, 1)).isEqualTo(50);
    assertThat(finder.take(5, 9, 1)).isEqualTo(-1);
    assertThat(finder.take(3, 9, 1)).isEqualTo(10);
    for (long page = 21; page < 25; page++) {
      assertThat(finder.take(1, 9, 1)).isEqualTo(page);
    }
    assertThat(finder.take(1, 9, 2)).as("a run of one is too short").isEqualTo(-1);
    assertThat(finder.take(1, 9, 1)).isEqualTo(40);
    assertThat(finder.take(1, 9, 1)).isEqualTo(-1);
    assertThat(reusable.size()).isZero();
    finder.added(reusable.addRun(7, 4));
    assertThat(finder.take(4, 9, 1)).isEqualTo(7);
  }

  @Test
  void everyReusablePageIsTakenOnce() {
    Random random = new Random(5);
    PageSet reusable = new PageSet(0);
    PageSet out = new PageSet(0);
    RunFinder finder = new RunFinder(reusable);
    for (int i = 0; i < 200_000; i++) {
      if (random.nextInt(200) == 0) {
        for (int n = 0; n < 100; n++) {
          long page = random.nextInt(5000);
          if (!reusable.contains(page) && !out.contains(page)) {
            finder.added(reusable.addRun(page, 1));
          }
        }
        finder.begin(random.nextInt(100));
        out = new PageSet(0);
      }
      long pages = random.nextInt(4) == 0 ? 1 + random.nextInt(20) : 1;
      long before = reusable.size();
      long start = finder.take(pages, 1 + random.nextInt(100), 1 + random.nextInt(5));
      assertThat(reusable.size()).isEqualTo(start < 0 ? before : before - pages);
      if (start >= 0) {
        assertThat(out.addRun(start, pages)).isEqualTo(pages);
        assertThat(reusable.nextIn(start, start + pages)).isEqualTo(start + pages);
      } else if (before > 0) {
        assertThat(finder.take(1, 1, 1)).isNotEqualTo(-1);
      }
    }
  }

  @Test
  void heldPagesAreReleasedWhenNoPinSeesThem() {
    HeldPages held = new HeldPages();
    PageSet reusable = new PageSet(0);
    held.add(10, 20, 100, 2);
    held.add(10, 30, 200, 2);
    held.add(20, 30, 300, 2);
    long _ = held.release(new Pins(10, 20, 30), reusable);
    assertThat(reusable.size()).isZero();
    long _ = held.release(new Pins(20, 30), reusable);
    assertThat(reusable.size()).as("freed in 20, so 20 does not see them").isEqualTo(2);
    assertThat(reusable.contains(100)).isTrue();
    held.add(20, 40, 400, 2);
    held.add(20, 50, 500, 2);
    long _ = held.release(new Pins(20, 50), reusable); // joins the groups that are alike now
    assertThat(held.pages()).isEqualTo(8);
    long _ = held.release(new Pins(50), reusable);
    assertThat(reusable.size()).isEqualTo(10);
    assertThat(held.pages()).isZero();
  }

  @Test
  void piecesAreCutAtALimit() {
    Random random = new Random(9);
    for (int round = 0; round < 300; round++) {
      Pieces pieces = new Pieces(1);
      PageSet model = new PageSet(0);
      for (long page = 0; page < 500; ) {
        int length = 1 + random.nextInt(random.nextBoolean() ? 3 : 30);
        pieces.add(page, length);
        long _ = model.addRun(page, length);
        page += length + random.nextInt(3);
      }
      long limit = random.nextInt(600);
      pieces.removeFrom(limit);
      long _ = model.removeRun(limit, model.end());
      PageSet left = new PageSet(0);
      assertThat(pieces.moveTo(left)).isEqualTo(model.size());
      assertThat(left.nextIn(limit, 1000)).isEqualTo(1000);
    }
  }

  /** Pages that a stale pin held may be born late, and those of the log are among them. */
  @Test
  void theLogIsSetApartFromWarmPagesToo() {
    PageSet reusable = new PageSet(0);
    WarmPages warm = new WarmPages(reusable, new RunFinder(reusable));
    LogPages log = new LogPages(reusable, warm.pages());
    warm.begin(100);
    HeldPages held = new HeldPages();
    held.add(104, 105, 10, 30);
    held.add(50, 105, 40, 5);
    held.release(new Pins(105), () -> null, reusable, warm);
    assertThat(warm.pages().size()).isEqualTo(30);
    assertThat(reusable.size()).isEqualTo(5);
    log.set(new LogPlace(16, 8, 0, 104));
    assertThat(log.pages().size()).isEqualTo(8);
    List<Long> taken = new ArrayList<>();
    for (long page = warm.take(1); page >= 0; page = warm.take(1)) {
      taken.add(page);
    }
    assertThat(taken).hasSize(22).doesNotContain(16L, 23L).contains(10L, 15L, 24L, 39L);
  }

  @Test
  void warmPagesAreTakenUntilTheNextSync() {
    PageSet reusable = new PageSet(0);
    WarmPages warm = new WarmPages(reusable, new RunFinder(reusable));
    warm.begin(1);
    long _ = warm.pages().addRun(10, 2);
    long _ = warm.pages().addRun(20, 3);
    assertThat(warm.take(3)).isEqualTo(20);
    assertThat(warm.take(2)).isEqualTo(10); // the search begins again
    long _ = warm.pages().addRun(30, 1);
    assertThat(warm.take(2)).isEqualTo(-1);
    assertThat(warm.take(1)).isEqualTo(30);
    assertThat(warm.take(1)).isEqualTo(-1);
    long _ = warm.pages().addRun(40, 2);
    warm.begin(1);
    assertThat(warm.areBornSince(1)).isFalse();
    assertThat(warm.areBornSince(2)).isTrue();
    assertThat(warm.take(2)).isEqualTo(40);
    long _ = warm.pages().addRun(50, 2);
    warm.begin(2);
    assertThat(warm.take(1)).isEqualTo(-1);
    assertThat(reusable.contains(50) && reusable.contains(51)).isTrue();
  }
}
