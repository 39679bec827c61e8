package dev.pando;

import dev.pando.codec.Codec;
import dev.pando.pager.Meta;
import dev.pando.txn.catalog.CatalogSnapshot;
import dev.pando.txn.catalog.NamedSnapshots;
import dev.pando.txn.catalog.SnapshotEntry;
import dev.pando.txn.catalog.SnapshotKeeper;
import dev.pando.txn.file.Snapshot;
import dev.pando.txn.recovery.OpenedFile;
import dev.pando.txn.space.HeldSearch;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Commits of a database that are kept under a name until they are dropped, even while no process
 * has the database open. From {@link Database#snapshots}.
 *
 * {@snippet :
 * db.snapshots().create("before-migration");
 * db.update(Migration::run);
 * try (ReadTxn before = db.snapshots().open("before-migration")) { ... }
 * db.snapshots().restore("before-migration"); // undoes it
 * boolean dropped = db.snapshots().drop("before-migration");
 * }
 *
 * <p>Creating one copies nothing. Pages that it shows are not reused until it is dropped, even if
 * later commits have replaced them. Thread-safe.
 */
public final class Snapshots {
  private final Transactor database;

  Snapshots(Transactor database) {
    this.database = database;
  }

  /**
   * Keeps the newest commit under a name. On disk when this returns.
   *
   * @param name 1 to 255 bytes of UTF-8, see {@link Table#MAX_NAME}
   * @throws IllegalArgumentException if there is a snapshot of this name, or the name is too long
   */
  public NamedSnapshot create(String name) {
    checkName(name);
    try (WriteTxn tx = database.beginWrite()) {
      Meta base = tx.snapshot().meta();
      Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS); // what the file can keep
      SnapshotEntry entry = new SnapshotEntry(name, now, base);
      SnapshotChanges.put(tx, entry);
      tx.commit(Durability.SYNC);
      return new NamedSnapshot(name, base.txnId(), entry.created(), 0);
    }
  }

  private static void checkName(String name) {
    Table<byte[], byte[]> _ = Table.of(name, Codec.bytes(), Codec.bytes()); // the same rules
  }

  /**
   * All named snapshots, by name. Reads the lists of free pages to count the pages that each keeps.
   */
  public List<NamedSnapshot> list() {
    try (ReadTxn tx = database.beginOwnRead()) {
      CatalogSnapshot now = tx.snapshot();
      List<NamedSnapshot> all = new ArrayList<>();
      for (SnapshotEntry entry : now.named().entries()) {
        try (ReadTxn kept = keep(entry)) {
          if (kept != null) {
            long held = HeldSearch.pagesHeld(now, List.of(entry.meta()));
            all.add(new NamedSnapshot(entry.name(), entry.meta().txnId(), entry.created(), held));
          }
        }
      }
      return all;
    } catch (InternalError e) {
      throw OpenedFile.faulted(database.lifecycle().path(), e);
    }
  }

  /**
   * Begins a read transaction on a named snapshot, which is safe even if the snapshot is dropped
   * meanwhile.
   *
   * @throws IllegalArgumentException if there is no such snapshot
   */
  public ReadTxn open(String name) {
    try {
      ReadTxn tx = database.reading().older(now -> state(now, named(now).find(name)), true);
      if (tx == null) {
        throw missing(name);
      }
      return tx;
    } catch (InternalError e) {
      throw OpenedFile.faulted(database.lifecycle().path(), e);
    }
  }

  /** Pins a snapshot of an older list for the engine; null if it was dropped since. */
  @Nullable ReadTxn keep(SnapshotEntry listed) {
    return database
        .reading()
        .older(
            now -> {
              SnapshotEntry entry = named(now).find(listed.name());
              boolean same = entry != null && entry.meta().txnId() == listed.meta().txnId();
              return state(now, same ? entry : null);
            },
            false);
  }

  /** As {@link #keep}, for reading pages without a transaction. */
  SnapshotKeeper.@Nullable Kept keepPages(SnapshotEntry listed) {
    ReadTxn kept = keep(listed);
    return kept == null ? null : kept::close;
  }

  private static NamedSnapshots named(Snapshot now) {
    return CatalogSnapshot.of(now).named();
  }

  private static @Nullable Snapshot state(Snapshot now, @Nullable SnapshotEntry entry) {
    return entry == null ? null : new CatalogSnapshot(entry.meta(), now.map());
  }

  /**
   * Drops a snapshot; pages that only it showed can be reused. On disk when this returns.
   *
   * @return false if there is no such snapshot
   */
  public boolean drop(String name) {
    checkName(name);
    try (WriteTxn tx = database.beginWrite()) {
      boolean found = SnapshotChanges.drop(tx, name);
      tx.commit(Durability.SYNC);
      return found;
    }
  }

  /**
   * Commits a snapshot's tables as the newest ones, in one commit that is on disk when this
   * returns. Changes committed since the snapshot are no longer visible. To be able to undo this,
   * create a snapshot of the newest commit first.
   *
   * <p>All named snapshots are kept, this one too, so it can be restored again. Open readers keep
   * their snapshots. Waits for its turn to write, as {@link Database#beginWrite} does. Commits
   * before it are undone; commits after it are based on it.
   *
   * <p>No data is copied: a few pages are written. The time depends on the number of tables and on
   * the lists of free pages, which have one bit for each page of the file. The next write
   * transaction reads the list of free pages again, and the list of each snapshot that is named or
   * read, as the first one of a process does.
   *
   * @return the id of the commit, see {@link ReadTxn#txnId}
   * @throws IllegalArgumentException if there is no such snapshot
   * @throws dev.pando.error.DatabaseFullException if there is no room for the pages that are
   *     written: nothing has changed
   */
  public long restore(String name) {
    checkName(name);
    try (WriteTxn tx = database.beginWrite()) {
      SnapshotEntry entry = tx.snapshot().named().find(name);
      if (entry == null) {
        throw missing(name);
      }
      SnapshotChanges.restore(tx, entry);
      tx.commit(Durability.SYNC);
      return tx.txnId();
    }
  }

  private static IllegalArgumentException missing(String name) {
    return new IllegalArgumentException("there is no snapshot of the name " + name);
  }
}
