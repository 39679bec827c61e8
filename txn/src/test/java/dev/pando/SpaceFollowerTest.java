package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.pager.Meta;
import dev.pando.txn.catalog.CatalogSnapshot;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.space.FreeTree;
import dev.pando.txn.space.HeldPages;
import dev.pando.txn.space.PageSet;
import dev.pando.txn.space.PinList;
import dev.pando.txn.space.Pins;
import dev.pando.txn.space.SpaceFollower;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What a process learns of free pages by following what others committed is what it would learn by
 * reading everything; and reading it costs what changed.
 */
class SpaceFollowerTest extends DatabaseTestBase {
  private static final int KEYS = 400;
  private static final int TURNS = 150;

  /** What one process knows, which never writes itself. */
  private static final class Known {
    final PageSet free = new PageSet(0);
    final PageSet reusable = new PageSet(0);
    final HeldPages held = new HeldPages();
    final FreeTree tree = new FreeTree();
    final SpaceFollower follower = new SpaceFollower(tree, free, reusable, held);
  }

  @Test
  void followingFindsWhatReadingFinds() {
    long seed = System.nanoTime();
    System.out.println("SpaceFollowerTest: seed " + seed);
    Random random = new Random(seed);
    Database db = open(Options.defaults().withPageSize(512));
    Map<Long, Meta> metas = new HashMap<>();
    List<ReadTxn> readers = new ArrayList<>();
    Known known = new Known();
    db.update(tx -> tx.put(BLOBS, 1L, new byte[200_000]));
    int followed = 0;
    for (int turn = 0; turn < TURNS; turn++) {
      for (int commits = random.nextInt(1, 6); commits > 0; commits--) {
        db.update(Durability.ASYNC, tx -> change(tx, random));
        pin(db, readers, metas, random);
      }
      try (ReadTxn now = db.beginRead()) {
        Snapshot base = now.snapshot();
        metas.put(base.txnId(), base.meta());
        Pins pins = pins(readers, base);
        Known read = new Known();
        long _ = read.follower.catchUp(base, pins, metas::get);
        if (turn > 0 && known.follower.follow(base, pins, metas::get)) {
          followed++;
        } else {
          known.follower.forget();
          long _ = known.follower.catchUp(base, pins, metas::get);
        }
        compare("seed %d, turn %d".formatted(seed, turn), known, read);
        compareLater(known, read, readers, base, random);
      }
    }
    readers.forEach(ReadTxn::close);
    assertThat(followed).as("seed " + seed).isEqualTo(TURNS - 1);
  }

  /**
   * A restored snapshot brings pages back that snapshots in between do not see. What follows may
   * hold more for a time than what reads everything, never less.
   */
  @Test
  void whatARestoredSnapshotBroughtBackIsHeld() {
    long seed = System.nanoTime();
    System.out.println("SpaceFollowerTest: seed " + seed);
    Random random = new Random(seed);
    Database db = open(Options.defaults().withPageSize(512).withDurability(Durability.ASYNC));
    Map<Long, Meta> metas = new HashMap<>();
    List<ReadTxn> readers = new ArrayList<>();
    Known known = new Known();
    db.update(tx -> tx.put(BLOBS, 1L, new byte[20_000]));
    int followed = 0;
    for (int turn = 0; turn < TURNS; turn++) {
      for (int commits = random.nextInt(1, 4); commits > 0; commits--) {
        db.update(tx -> change(tx, random));
        pin(db, readers, metas, random);
      }
      changeSnapshots(db, "s" + random.nextInt(6), random);
      try (ReadTxn now = db.beginRead()) {
        CatalogSnapshot base = now.snapshot();
        metas.put(base.txnId(), base.meta());
        base.named().entries().forEach(each -> metas.put(each.meta().txnId(), each.meta()));
        PinList list = new PinList();
        list.add(base.txnId());
        readers.forEach(reader -> list.add(reader.snapshot().txnId()));
        Pins pins = list.toPins(Long.MAX_VALUE, base.named().txnIds());
        Known read = new Known();
        long _ = read.follower.catchUp(base, pins, metas::get);
        if (turn > 0 && known.follower.follow(base, pins, metas::get)) {
          followed++;
        } else {
          known.follower.forget();
          long _ = known.follower.catchUp(base, pins, metas::get);
        }
        String when = "seed %d, turn %d".formatted(seed, turn);
        assertThat(missing(known.free, read.free)).as(when + ": free, used").isEqualTo(-1);
        assertThat(missing(read.free, known.free)).as(when + ": used, free").isEqualTo(-1);
        assertThat(missing(known.reusable, read.reusable)).as(when + ": held").isEqualTo(-1);
      }
    }
    readers.forEach(ReadTxn::close);
    assertThat(followed).as("seed " + seed).isGreaterThan(TURNS / 3);
  }

  private static void changeSnapshots(Database db, String name, Random random) {
    boolean there;
    try (ReadTxn now = db.beginRead()) {
      there = now.snapshot().named().find(name) != null;
    }
    int choice = random.nextInt(6);
    if (choice < 2 && !there) {
      NamedSnapshot _ = db.snapshots().create(name);
    } else if (choice == 2 && there) {
      boolean _ = db.snapshots().drop(name);
    } else if (choice == 3 && there) {
      long _ = db.snapshots().restore(name);
    }
  }

  private static void change(WriteTxn tx, Random random) {
    int choice = random.nextInt(20);
    if (choice == 0) {
      tx.put(BLOBS, 1000L + random.nextInt(5), new byte[random.nextInt(1 << 20)]);
    } else if (choice < 3) {
      boolean _ = tx.delete(BLOBS, 1000L + random.nextInt(5));
    } else {
      for (int n = random.nextInt(1, choice == 3 ? 200 : 8); n > 0; n--) {
        long key = random.nextInt(KEYS);
        if (random.nextInt(3) == 0) {
          boolean _ = tx.delete(BLOBS, key);
        } else {
          tx.put(BLOBS, key, new byte[random.nextInt(400)]);
        }
      }
    }
  }

  private static void pin(
      Database db, List<ReadTxn> readers, Map<Long, Meta> metas, Random random) {
    if (random.nextInt(3) == 0) {
      ReadTxn reader = db.beginRead();
      readers.add(reader);
      metas.put(reader.snapshot().txnId(), reader.snapshot().meta());
    }
    while (readers.size() > 12 || (!readers.isEmpty() && random.nextInt(5) == 0)) {
      readers.remove(random.nextInt(readers.size())).close();
    }
  }

  private static Pins pins(List<ReadTxn> readers, Snapshot base) {
    PinList pins = new PinList();
    pins.add(base.txnId());
    readers.stream()
        .filter(reader -> !isKept(reader))
        .forEach(reader -> pins.add(reader.snapshot().txnId()));
    long[] kept =
        readers.stream()
            .filter(SpaceFollowerTest::isKept)
            .mapToLong(reader -> reader.snapshot().txnId())
            .sorted()
            .distinct()
            .toArray();
    return pins.toPins(Long.MAX_VALUE, kept);
  }

  /** Some pin as named snapshots do. */
  private static boolean isKept(ReadTxn reader) {
    return reader.snapshot().txnId() % 3 == 0;
  }

  private static void compare(String when, Known known, Known read) {
    assertThat(missing(known.free, read.free)).as(when + ": free, used").isEqualTo(-1);
    assertThat(missing(read.free, known.free)).as(when + ": used, free").isEqualTo(-1);
    assertThat(missing(known.reusable, read.reusable)).as(when + ": held").isEqualTo(-1);
    assertThat(missing(read.reusable, known.reusable)).as(when + ": not held").isEqualTo(-1);
    assertThat(known.held.pages()).as(when).isEqualTo(read.held.pages());
  }

  /** The dates are right, too: when some readers have ended, the same pages are released. */
  private static void compareLater(
      Known known, Known read, List<ReadTxn> readers, Snapshot base, Random random) {
    if (random.nextInt(4) != 0) {
      return;
    }
    while (!readers.isEmpty() && random.nextInt(4) != 0) {
      readers.remove(random.nextInt(readers.size())).close();
    }
    Pins pins = pins(readers, base);
    long _ = known.held.release(pins, known.reusable);
    long _ = read.held.release(pins, read.reusable);
    compare("later, after " + base.txnId(), known, read);
  }

  /** The first page of one set that is not in the other; -1 if there is none. */
  private static long missing(PageSet some, PageSet other) {
    long end = some.end();
    for (long at = some.nextIn(0, end); at < end; at = some.nextIn(at + 1, end)) {
      if (!other.contains(at)) {
        return at;
      }
    }
    return -1;
  }
}
