package dev.pando.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.Database;
import dev.pando.Durability;
import dev.pando.Feed;
import dev.pando.FeedChange;
import dev.pando.FeedCommit;
import dev.pando.FeedOptions;
import dev.pando.FeedReader;
import dev.pando.FeedStat;
import dev.pando.NamedSnapshot;
import dev.pando.Options;
import dev.pando.Range;
import dev.pando.RawCursor;
import dev.pando.ReadTxn;
import dev.pando.Savepoint;
import dev.pando.View;
import dev.pando.WriteTxn;
import dev.pando.error.FeedFullException;
import dev.pando.testkit.SimulatedDisk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A feed has what a comparison of the snapshots before and after each commit finds, in random
 * programs with range deletes, drops, compaction, named snapshots that are restored, savepoints,
 * bounds that drop or hold, commits that are not synced, restarts, kills and power cuts. After a
 * crash it has exactly the commits that survived.
 */
@Tag("scaled")
class FeedModelTest {
  private static final String[] TABLES = {"one", "two", "three"};
  private static final String[] NAMES = {"a", "b"};
  private static final int STEPS = 120;
  private static final int CAPACITY = 32 << 20;

  private final Figures figures = new Figures("programs with change feeds", 1000);

  @Test
  void hasTheDifferencesOfEachCommit() {
    long programs = Figures.replays() ? 1 : figures.wanted();
    long compared = 0;
    for (long i = 0; i < programs; i++) {
      long seed = figures.seed(i);
      try (Program program = new Program(new Random(seed))) {
        program.run();
        compared += program.compared;
      } catch (Throwable e) {
        throw Figures.failed(seed, e);
      }
    }
    System.out.printf("  %,d commits compared%n", compared);
    assertThat(compared).isGreaterThan(programs);
    figures.reached(programs);
  }

  /** The tables after a commit, and what it has changed: a line for each key. */
  private record After(TreeMap<String, String> content, List<String> changes) {}

  private static final class Program implements AutoCloseable {
    private final Random random;
    private final Options options;
    private final FeedOptions feedOptions;
    private final int keys;
    private SimulatedDisk disk = new SimulatedDisk(CAPACITY);
    private @Nullable Database open;

    /** By transaction: commits that changed a watched table, and the feed's first position. */
    private final TreeMap<Long, After> commits = new TreeMap<>();

    private long acknowledged;
    private long onDisk;
    private long compared;

    Program(Random random) {
      this.random = random;
      int pageSize = 512 << random.nextInt(3);
      long log = random.nextBoolean() ? 16L * pageSize : 0;
      options = ImageCheck.options(pageSize, 8192).withLogSize(log);
      keys = random.nextInt(5, 400);
      feedOptions =
          (random.nextBoolean() ? FeedOptions.ofAllTables() : FeedOptions.of(watchedTables()))
              .withBefore(random.nextBoolean())
              .withHold(random.nextInt(4) == 0)
              .withMaxBytes(random.nextBoolean() ? 64 << 10 : 0)
              .withMaxCommits(random.nextInt(4) == 0 ? random.nextInt(1, 20) : 0);
    }

    private static TreeSet<String> watchedTables() {
      return new TreeSet<>(List.of(TABLES[0], TABLES[1]));
    }

    private Database db() {
      Database db = open;
      if (db == null) {
        db = Database.open(ImageCheck.FILE, disk.options(options));
        open = db;
      }
      return db;
    }

    private Feed feed() {
      return db().changes("feed");
    }

    void run() {
      for (int i = random.nextInt(5); i >= 0; i--) {
        write(db());
      }
      Feed created = db().createFeed("feed", feedOptions);
      acknowledged = created.stat().acknowledged().txnId();
      onDisk = acknowledged;
      commits.clear();
      commits.put(acknowledged, new After(content(), List.of()));
      for (int i = 0; i < STEPS; i++) {
        step(db(), random.nextInt(100));
      }
      compare();
      assertThat(db().check().throwIfBad().problems()).isEmpty();
      db().close();
    }

    private void step(Database db, int choice) {
      if (choice < 70) {
        write(db);
      } else if (choice < 78) {
        snapshot(db, NAMES[random.nextInt(NAMES.length)]);
      } else if (choice < 80) {
        db.compact();
      } else if (choice < 88) {
        compare();
      } else if (choice < 92) {
        acknowledge();
      } else if (choice < 94) {
        db.close();
        onDisk = commits.lastKey();
        open = null;
      } else if (choice < 97) {
        goOn(db, ImageCheck.roomy(disk.afterKill(), CAPACITY));
      } else if (choice < 99) {
        goOn(db, ImageCheck.roomy(disk.powerCuts(random.nextLong()).any(), CAPACITY));
      } else {
        db.sync();
        onDisk = commits.lastKey();
      }
    }

    /** The process is dead, and the next one finds this disk. */
    private void goOn(Database dead, SimulatedDisk next) {
      disk.kill();
      ImageCheck.discard(dead);
      disk.close();
      disk = next;
      open = null;
      FeedStat stat = feed().stat();
      // The kept position may be of a commit without changes.
      long last = Math.max(stat.lastTxn(), Math.max(stat.lostTo(), acknowledgedCommit(stat)));
      assertThat(last).isGreaterThanOrEqualTo(onDisk);
      commits.tailMap(last, false).clear();
      acknowledged = stat.acknowledged().txnId();
      assertThat(content()).as("the tables after transaction %d", last).isEqualTo(now());
      compare();
    }

    private long acknowledgedCommit(FeedStat stat) {
      return Objects.requireNonNull(commits.floorKey(stat.acknowledged().txnId()));
    }

    private TreeMap<String, String> now() {
      return commits.lastEntry().getValue().content();
    }

    private void write(Database db) {
      Durability durability = random.nextInt(3) == 0 ? Durability.SYNC : Durability.ASYNC;
      boolean commit = random.nextInt(8) > 0;
      try (WriteTxn tx = db.beginWrite()) {
        for (int i = random.nextInt(random.nextInt(8) == 0 ? 200 : 8); i >= 0; i--) {
          change(tx);
        }
        if (commit) {
          tx.commit(durability);
        }
      } catch (FeedFullException e) {
        assertThat(feedOptions.holds()).isTrue();
        commit = false;
      }
      if (commit) {
        committed(db, durability);
      } else if (!commits.isEmpty()) {
        assertThat(content()).isEqualTo(now());
      }
    }

    private void committed(Database db, Durability durability) {
      if (commits.isEmpty()) {
        return;
      }
      TreeMap<String, String> content = content();
      List<String> changes = difference(now(), content);
      if (!changes.isEmpty()) {
        commits.put(db.stat().txnId(), new After(content, changes));
      }
      if (durability == Durability.SYNC) {
        onDisk = commits.lastKey();
      }
    }

    private void change(WriteTxn tx) {
      var table = Model.table(TABLES[random.nextInt(TABLES.length)]);
      long key = random.nextInt(keys);
      int choice = random.nextInt(200);
      if (choice < 120) {
        int most = choice < 100 ? 60 : choice < 118 ? 1200 : 20_000;
        boolean _ = tx.put(table, key, Model.value(random.nextLong(), random.nextInt(most)));
      } else if (choice < 190) {
        boolean _ = tx.delete(table, key);
      } else if (choice < 195) {
        long _ = tx.deleteRange(table, Range.closedOpen(key, key + random.nextInt(50)));
      } else if (choice < 197) {
        Savepoint before = tx.savepoint();
        boolean _ = tx.put(table, key, Model.value(random.nextLong(), 10));
        tx.rollbackTo(before);
      } else {
        boolean _ = tx.drop(table);
      }
    }

    private void snapshot(Database db, String name) {
      boolean exists = db.snapshots().list().stream().anyMatch(kept -> kept.name().equals(name));
      try {
        if (!exists) {
          NamedSnapshot _ = db.snapshots().create(name);
        } else if (random.nextBoolean()) {
          long _ = db.snapshots().restore(name);
        } else {
          assertThat(db.snapshots().drop(name)).isTrue();
        }
        committed(db, Durability.SYNC);
      } catch (FeedFullException e) {
        assertThat(feedOptions.holds()).isTrue();
      }
    }

    private void acknowledge() {
      FeedStat stat = feed().stat();
      if (stat.lostTo() > 0) { // as after a new copy
        try (ReadTxn tx = db().beginRead()) {
          feed().acknowledge(dev.pando.FeedPosition.of(tx));
        }
        acknowledged = feed().stat().acknowledged().txnId();
        return;
      }
      try (FeedReader reader = feed().reader()) {
        for (int i = random.nextInt(10); i >= 0 && reader.next() != null; i--) {
          assertThat(reader.position().txnId()).isGreaterThan(acknowledged);
        }
        feed().acknowledge(reader.position());
        acknowledged = reader.position().txnId();
      }
    }

    /** The feed has all commits after its first one, and those before it are lost or read. */
    private void compare() {
      db().sync(); // a reader waits for it
      onDisk = commits.lastKey();
      Feed feed = feed();
      FeedStat stat = feed.stat();
      assertThat(stat.acknowledged().txnId()).isEqualTo(acknowledged);
      long from = Math.max(acknowledged, stat.lostTo());
      var position = new dev.pando.FeedPosition(stat.acknowledged().incarnation(), from);
      var wanted = commits.tailMap(from, false);
      List<Long> found = new ArrayList<>();
      try (FeedReader reader = feed.reader(position)) {
        for (FeedCommit commit = reader.next(); commit != null; commit = reader.next()) {
          found.add(commit.txnId());
          compared++;
          assertThat(lines(commit))
              .as("transaction %d", commit.txnId())
              .isEqualTo(Objects.requireNonNull(wanted.get(commit.txnId())).changes());
        }
      }
      assertThat(found).containsExactlyElementsOf(wanted.keySet());
      assertThat(stat.commits()).isEqualTo(found.size());
      checkBound(stat);
    }

    private void checkBound(FeedStat stat) {
      if (feedOptions.maxBytes() > 0) {
        assertThat(stat.bytes()).isLessThanOrEqualTo(feedOptions.maxBytes());
      }
      if (feedOptions.maxCommits() > 0) {
        assertThat(stat.commits()).isLessThanOrEqualTo(feedOptions.maxCommits());
      }
    }

    private List<String> lines(FeedCommit commit) {
      List<String> lines = new ArrayList<>();
      for (FeedChange change : commit) {
        String before = change.before() == null ? null : hash(change.before());
        String after = change.after() == null ? null : hash(change.after());
        lines.add(line(change.table() + " " + Arrays.toString(change.key()), before, after));
        assertThat(change.kind().toString()).isNotEmpty();
      }
      lines.sort(null); // arrays as text are in another order
      return lines;
    }

    private String line(String key, @Nullable String before, @Nullable String after) {
      return key + ": " + (feedOptions.keepsBefore() ? before : null) + " -> " + after;
    }

    private List<String> difference(TreeMap<String, String> was, TreeMap<String, String> is) {
      List<String> lines = new ArrayList<>();
      TreeSet<String> all = new TreeSet<>(was.keySet());
      all.addAll(is.keySet());
      for (String key : all) {
        if (!Objects.equals(was.get(key), is.get(key))) {
          lines.add(line(key, was.get(key), is.get(key)));
        }
      }
      lines.sort(null);
      return lines;
    }

    private static String hash(byte[] value) {
      return value.length + "/" + Arrays.hashCode(value);
    }

    /** The entries of all tables that the feed watches. */
    private TreeMap<String, String> content() {
      TreeMap<String, String> all = new TreeMap<>();
      View key = new View();
      View value = new View();
      try (ReadTxn tx = db().beginRead()) {
        for (String table : tx.tables()) {
          boolean watched = feedOptions.tables().isEmpty() || feedOptions.tables().contains(table);
          try (RawCursor cursor = tx.raw(table).cursor()) {
            while (watched && cursor.next()) {
              cursor.entry(key, value);
              all.put(table + " " + Arrays.toString(key.toArray()), hash(value.toArray()));
            }
          }
        }
      }
      return all;
    }

    @Override
    public void close() {
      disk.kill(); // after a failure the database is open, whose threads would go on for ever
      disk.close();
    }
  }
}
