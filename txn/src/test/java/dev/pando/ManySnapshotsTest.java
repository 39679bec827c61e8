package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.crash.Figures;
import dev.pando.txn.catalog.CatalogSnapshot;
import dev.pando.txn.catalog.NamedSnapshots;
import dev.pando.txn.catalog.SnapshotEntry;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.space.HeldPages;
import dev.pando.txn.space.HeldSearch;
import dev.pando.txn.space.PageSet;
import dev.pando.txn.space.Pins;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What named snapshots cost commits that neither create nor drop one: nothing. */
class ManySnapshotsTest extends DatabaseTestBase {
  private static NamedSnapshots named(Database db) {
    try (ReadTxn tx = db.beginOwnRead()) {
      return tx.snapshot().named();
    }
  }

  private static NamedSnapshots readAgain(Database db, NamedSnapshots older) {
    try (ReadTxn tx = db.beginOwnRead()) {
      CatalogSnapshot now = tx.snapshot();
      return NamedSnapshots.read(now.catalog(), now.map().name(), now.meta().pageSize(), older);
    }
  }

  private static List<String> described(NamedSnapshots named) {
    return named.entries().stream()
        .map(entry -> entry.name() + " of " + entry.meta().txnId())
        .toList();
  }

  /** What an earlier commit lists. */
  private record Listed(NamedSnapshots named, long txnId) {
    static Listed of(Database db) {
      try (ReadTxn tx = db.beginOwnRead()) {
        return new Listed(tx.snapshot().named(), tx.txnId());
      }
    }

    /** As a process does that follows others. */
    NamedSnapshots follow(Database db) {
      try (ReadTxn tx = db.beginOwnRead()) {
        CatalogSnapshot now = tx.snapshot();
        return NamedSnapshots.follow(now.map(), now.meta(), named, txnId);
      }
    }
  }

  private static void change(Database db, int i) {
    db.update(Durability.ASYNC, tx -> tx.put(NAMES, (long) i % 100, "value " + i));
  }

  @Test
  void commitsAndRestartsKnowTheSameList() {
    Random random = new Random(new Figures("named snapshots", 1).seed(0));
    Database db = open();
    List<String> model = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      change(db, i);
      // In UTF-8, as in the catalog, the last one comes last; in UTF-16 it does not.
      String name = List.of("", "a", "\uFF5E", "\uD83D\uDE00").get(random.nextInt(4)) + i;
      if (random.nextInt(3) > 0 || model.isEmpty()) {
        NamedSnapshot _ = db.snapshots().create(name);
        model.add(name);
      } else {
        assertThat(db.snapshots().drop(model.remove(random.nextInt(model.size())))).isTrue();
      }
      assertThat(db.snapshots().drop("absent")).isFalse();
      if (i % 20 == 0) {
        closeChecked(db);
        db = open();
      }
      NamedSnapshots known = named(db);
      assertThat(readAgain(db, known)).isSameAs(known);
      assertThat(readAgain(db, NamedSnapshots.NONE).entries().stream().map(SnapshotEntry::meta))
          .containsExactlyElementsOf(known.entries().stream().map(SnapshotEntry::meta).toList());
      assertThat(known.entries().stream().map(SnapshotEntry::name))
          .containsExactlyInAnyOrderElementsOf(model);
      for (SnapshotEntry entry : known.entries()) {
        assertThat(known.find(entry.name())).isSameAs(entry);
        assertThat(known.meta(entry.meta().txnId())).isNotNull();
      }
      assertThat(db.stat().heldPages()).isEqualTo(heldPages(db, known));
    }
  }

  /** Without what is remembered. */
  private static long heldPages(Database db, NamedSnapshots named) {
    try (ReadTxn tx = db.beginOwnRead()) {
      return HeldSearch.pagesHeld(
          tx.snapshot(), named.entries().stream().map(SnapshotEntry::meta).toList());
    }
  }

  /** Names are long, so that they are in many pages; tables come and go beside them. */
  @Test
  void whatOthersChangedIsFollowed() {
    Random random = new Random(new Figures("named snapshots", 1).seed(0));
    Database db = open(Options.defaults().withPageSize(512));
    List<Listed> earlier = new ArrayList<>();
    List<String> model = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      earlier.add(Listed.of(db));
      for (int j = random.nextInt(4); j > 0; j--) {
        String name = Integer.toString(random.nextInt(1_000)).repeat(random.nextInt(1, 20));
        if (!model.contains(name) && (i < 60 || model.isEmpty())) {
          NamedSnapshot _ = db.snapshots().create(name);
          model.add(name);
        } else {
          assertThat(db.snapshots().drop(model.remove(random.nextInt(model.size())))).isTrue();
        }
      }
      Table<Long, String> table = Table.of("t" + random.nextInt(50), Codec.u64(), Codec.utf8());
      db.update(
          Durability.ASYNC,
          tx -> {
            if (!tx.drop(table.name())) {
              tx.put(table, 1L, "value");
            }
          });
      Listed then = earlier.get(random.nextInt(earlier.size()));
      NamedSnapshots followed = then.follow(db);
      NamedSnapshots known = named(db);
      assertThat(described(followed)).isEqualTo(described(known));
      assertThat(followed.txnIds()).isEqualTo(known.txnIds());
      assertThat(Listed.of(db).follow(db)).isSameAs(known);
    }
  }

  @Test
  void commitsDoNotReadTheListAgain() {
    Database db = open();
    for (int i = 0; i < 5; i++) {
      change(db, i);
      NamedSnapshot _ = db.snapshots().create("snapshot " + i);
    }
    NamedSnapshots before = named(db);
    assertThat(before.size()).isEqualTo(5);
    for (int i = 0; i < 5; i++) {
      change(db, i);
      db.update(tx -> tx.put(Table.of("table " + tx.txnId(), Codec.u64(), Codec.utf8()), 1L, "x"));
      assertThat(named(db)).isSameAs(before);
    }
    assertThat(readAgain(db, before)).as("another process's commit").isSameAs(before);
  }

  /** Their metas are in the catalog, so no block of the lock file keeps them. */
  @Test
  void theLockFileDoesNotGrow() throws IOException {
    Database db = open();
    long before = 0;
    for (int i = 0; i < 60; i++) {
      change(db, i);
      NamedSnapshot _ = db.snapshots().create("snapshot " + i);
      if (i == 3) {
        before = Files.size(lockFile());
      }
    }
    assertThat(Files.size(lockFile())).isEqualTo(before);
  }

  private java.nio.file.Path lockFile() {
    return file().resolveSibling(file().getFileName() + "-lock");
  }

  /** A process that takes over the writing must know what the reader sees. */
  @Test
  void theMetaOfADroppedSnapshotIsKeptForItsReaders() {
    Database db = open();
    change(db, 0);
    NamedSnapshot _ = db.snapshots().create("dropped");
    closeChecked(db); // with the lock file
    db = open();
    change(db, 1);
    try (ReadTxn reader = db.snapshots().open("dropped")) {
      for (int i = 2; i < 10; i++) {
        change(db, i);
      }
      assertThat(db.snapshots().drop("dropped")).isTrue();
      for (int i = 10; i < 20; i++) {
        change(db, i);
        List<OpenReader> readers = db.readers();
        assertThat(readers).hasSize(1);
        assertThat(readers.getFirst().pagesHeld()).isPositive();
      }
      assertThat(reader.get(NAMES, 0L)).isEqualTo("value 0");
    }
  }

  /** What pinned snapshots see is found in one go, however many there are. */
  @Test
  void theSearchFindsWhatEachPinSees() {
    Random random = new Random(new Figures("named snapshots", 1).seed(0));
    Database db = open();
    db.update(tx -> tx.put(BLOBS, 1L, new byte[700_000]));
    try (ReadTxn tx = db.beginOwnRead()) {
      Snapshot base = tx.snapshot();
      int pages = (int) base.meta().pageCount();
      for (int round = 0; round < 20; round++) {
        int pins = 1 + random.nextInt(9);
        int[][] seenBy = new int[pages][];
        PageSet free = new PageSet(0);
        for (int page = 0; page < pages; page++) {
          int first = random.nextInt(pins);
          seenBy[page] = new int[] {first, first + random.nextInt(pins - first)};
          if (random.nextInt(4) > 0) {
            long _ = free.addRun(page, 1);
          }
        }
        HeldSearch search = new HeldSearch(base, free);
        for (int pin = 0; pin < pins; pin++) {
          PageSet freeThen = new PageSet(0);
          for (int page = 0; page < pages; page++) {
            if (seenBy[page][0] > pin || seenBy[page][1] < pin) {
              long _ = freeThen.addRun(page, 1);
            }
          }
          search.add(10L * pin, null, freeThen);
        }
        PageSet reusable = new PageSet(0);
        reusable.addAll(free);
        HeldPages held = new HeldPages();
        search.moveTo(held, reusable);
        assertThat(reusable.size()).isZero();
        for (int left = 0; left < pins; left++) { // the older ones end
          long _ =
              held.release(
                  new Pins(
                      java.util.stream.LongStream.range(left, pins).map(pin -> 10 * pin).toArray()),
                  reusable);
          for (int page = 0; page < pages; page++) {
            assertThat(reusable.contains(page))
                .isEqualTo(free.contains(page) && seenBy[page][1] < left);
          }
        }
      }
    }
  }
}
