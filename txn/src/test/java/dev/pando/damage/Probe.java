package dev.pando.damage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.CheckReport;
import dev.pando.Database;
import dev.pando.Options;
import dev.pando.ReadTxn;
import dev.pando.error.CorruptFileException;
import dev.pando.error.StorageException;
import dev.pando.pager.PageHeader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Opens a damaged copy of a {@link RichFile}, checks it, reads all of it, and judges: all that was
 * read must be what one of its commits wrote; the check must find every changed page that is in
 * use; what is thrown must name the file and the page. Anything else is an {@link AssertionError}.
 */
final class Probe {
  /** What came of a damage. */
  enum Outcome {
    /** Nobody uses what was changed. */
    HARMLESS,
    /** The check found it, and so did every reader that came by. */
    FOUND,
    /** A meta was hit that is not the newest: nothing is missing, and the report tells. */
    META_TOLD,
    /** The newest meta was hit: the commit before is there as a whole, and the report tells. */
    OLDER,
    /** The file was refused. */
    REFUSED
  }

  private static final int ALL_OF = 16;

  /** What one commit uses. */
  private record Commit(int slot, long txnId, NavigableMap<Integer, PageWalk.Use> uses) {
    /** Where the run begins that a page is in; -1 if it is in none. */
    int firstOf(int page) {
      Map.Entry<Integer, PageWalk.Use> before = uses.floorEntry(page);
      return before != null && before.getKey() + before.getValue().pages() > page
          ? before.getKey()
          : -1;
    }
  }

  private final RichFile file;
  private final Path path;
  private final Options options;

  /** The newest first. */
  private final List<Commit> commits = new ArrayList<>();

  Probe(RichFile file, Path path, Options options) {
    this.file = file;
    this.path = path;
    this.options = options.withCloseTimeout(Duration.ofSeconds(1));
    for (int slot = 0; slot < PageHeader.META_SLOTS; slot++) {
      long txnId = PageWalk.meta(file.image(), file.pageSize(), slot).txnId();
      commits.add(new Commit(slot, txnId, PageWalk.of(file.image(), file.pageSize(), slot)));
    }
    commits.sort((a, b) -> Long.compare(b.txnId, a.txnId));
  }

  /**
   * Judges the file as it is now.
   *
   * @param changed pages whose bytes are not those of the image
   * @param sample chooses what is looked up
   */
  Outcome judge(Set<Integer> changed, int sample) {
    return judge(changed, Set.of(), sample);
  }

  /**
   * As {@link #judge(Set, int)}, of a page that is damaged in one of many ways: of most of them
   * only what the damage can touch. The check is left out where the commit that is opened does not
   * use the page, because it looks at pages in use, and those are as they always are; for the same
   * reason named snapshots are not read then. What is looked up and read backwards goes through the
   * checksum that reading forwards goes through. Each way of one sample in {@value #ALL_OF} gets it
   * all.
   */
  Outcome judgeOneOfMany(int page, int sample) {
    return judge(Set.of(page), Set.of(), sample, sample % ALL_OF == 0);
  }

  /**
   * As {@link #judge(Set, int)}; a slot of zeros is one that was never written, and not told of.
   */
  Outcome judge(Set<Integer> changed, Set<Integer> zeros, int sample) {
    return judge(changed, zeros, sample, true);
  }

  private Outcome judge(Set<Integer> changed, Set<Integer> zeros, int sample, boolean all) {
    Commit wanted =
        commits.stream().filter(c -> !changed.contains(c.slot)).findFirst().orElse(null);
    if (wanted == null) {
      return refused();
    }
    try (Database db = Database.open(path, options)) {
      assertThat(db.openReport().txnId()).as("opened on").isEqualTo(wanted.txnId);
      Set<Integer> hit = hit(changed, wanted);
      CheckReport check = all || !hit.isEmpty() ? db.check() : null;
      List<CorruptFileException> thrown = new ArrayList<>();
      read(db, file.states().get(wanted.txnId), sample, all, thrown);
      if (check != null) {
        readSnapshots(db, thrown);
      }
      thrown.forEach(damage -> names(damage, hit));
      boolean ok = check == null || check.ok();
      if (ok != hit.isEmpty() || (ok && !thrown.isEmpty())) {
        throw new AssertionError("hit " + hit + ", thrown " + thrown + ", " + check);
      }
      if (check != null && !hit.isEmpty() && hit.stream().noneMatch(page -> names(check, page))) {
        throw new AssertionError("none of " + hit + " is named by " + check); // one hides another
      }
      boolean metaHit =
          commits.stream().anyMatch(c -> changed.contains(c.slot) && !zeros.contains(c.slot));
      if (metaHit == db.openReport().passedOver().isEmpty()) {
        throw new AssertionError("the report: " + db.openReport());
      }
      return outcome(hit, wanted, metaHit);
    }
  }

  private Outcome outcome(Set<Integer> hit, Commit opened, boolean metaHit) {
    if (!hit.isEmpty()) {
      return Outcome.FOUND;
    }
    if (opened != commits.getFirst()) {
      return Outcome.OLDER;
    }
    return metaHit ? Outcome.META_TOLD : Outcome.HARMLESS;
  }

  /** First pages of what was changed and is in use. */
  private static Set<Integer> hit(Set<Integer> changed, Commit commit) {
    Set<Integer> hit = new TreeSet<>();
    for (int page : changed) {
      int first = commit.firstOf(page);
      if (first >= 0) {
        hit.add(first);
      }
    }
    return hit;
  }

  /** Opening is refused by an error that says what is wrong with which file. */
  Outcome refused() {
    try (Database db = Database.open(path, options)) {
      throw new AssertionError("no meta is left: " + db.openReport());
    } catch (StorageException expected) {
      assertThat(expected).hasMessageContaining(path.toString());
      return Outcome.REFUSED;
    }
  }

  /** The file holds one of the commits, undamaged; returns which. */
  long whole() {
    try (Database db = Database.open(path, options)) {
      List<CorruptFileException> thrown = new ArrayList<>();
      read(db, file.states().get(db.openReport().txnId()), 0, true, thrown);
      readSnapshots(db, thrown);
      assertThat(thrown).isEmpty();
      return db.check().throwIfBad().txnId();
    }
  }

  private static boolean names(CheckReport check, int page) {
    return check.problems().stream().anyMatch(problem -> problem.contains("page " + page + ":"));
  }

  private void names(CorruptFileException damage, Set<Integer> hit) {
    assertThat(damage.getMessage()).contains(path.toString());
    if (!hit.contains((int) damage.pgno())) {
      throw new AssertionError("names page " + damage.pgno() + " instead of " + hit, damage);
    }
  }

  private void readSnapshots(Database db, List<CorruptFileException> thrown) {
    for (Map.Entry<String, State> named : file.named().entrySet()) {
      attempt(
          thrown,
          () -> {
            try (ReadTxn tx = db.snapshots().open(named.getKey())) {
              scan(tx, named.getValue(), thrown);
            }
          });
    }
  }

  /** Forwards; backwards and by key, too, if {@code all}. */
  private static void read(
      Database db,
      @Nullable State state,
      int sample,
      boolean all,
      List<CorruptFileException> thrown) {
    if (state == null) {
      throw new AssertionError("opened on transaction " + db.openReport().txnId());
    }
    try (ReadTxn tx = db.beginRead()) {
      scan(tx, state, thrown);
      for (String table : all ? state.tables().keySet() : Set.<String>of()) {
        attempt(thrown, () -> state.compareBackward(tx.raw(table)));
        attempt(thrown, () -> state.compareGet(tx.raw(table), sample));
      }
    }
  }

  private static void scan(ReadTxn tx, State state, List<CorruptFileException> thrown) {
    attempt(thrown, () -> state.compareNames(tx));
    for (String table : state.tables().keySet()) {
      attempt(thrown, () -> state.compareForward(tx.raw(table)));
    }
  }

  private static void attempt(List<CorruptFileException> thrown, Runnable reading) {
    try {
      reading.run();
    } catch (CorruptFileException damage) {
      thrown.add(damage);
    }
  }
}
