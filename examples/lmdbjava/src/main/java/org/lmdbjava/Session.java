package org.lmdbjava;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.pando.ReadTxn;
import dev.pando.Savepoint;
import dev.pando.TableStat;
import dev.pando.WriteTxn;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A transaction of the engine, with those nested in it, which are savepoints. */
final class Session {
  private final Store store;
  private final ReadTxn txn;
  private final WriteTxn write;
  private final Tables tables;
  private final Map<Handle, OpenTable> open = new HashMap<>();
  private Reservation<?> reservation;
  private OpenTable reservedIn;
  private MemorySegment reservedKey;

  Session(Store store, ReadTxn txn) {
    this.store = store;
    this.txn = txn;
    this.write = txn instanceof WriteTxn writing ? writing : null;
    this.tables = new Tables(this, store.handles());
  }

  ReadTxn txn() {
    return txn;
  }

  boolean mayWrite() {
    return write != null;
  }

  WriteTxn write() {
    return write;
  }

  Tables tables() {
    return tables;
  }

  /** A table, which must be there. */
  OpenTable table(Handle handle) {
    if (handle.isClosed()) {
      throw ResultCode.EINVAL.exception();
    }
    OpenTable known = open.get(handle);
    if (known == null) {
      TableRecord record = TableRecord.find(txn, handle.name());
      if (record == null) {
        throw ResultCode.EINVAL.exception();
      }
      if (!record.equals(handle.record())) {
        throw ResultCode.BAD_DBI.exception();
      }
      known = new OpenTable(this, handle);
      open.put(handle, known);
    }
    return known;
  }

  Stat stat(Handle handle) {
    TableStat stat = txn.stat(handle.table().name());
    return stat == null ? new Stat(store.pageSize()) : new Stat(stat);
  }

  // ---- values that the program fills

  /** Stores an entry of zeros, and returns the buffer that the program fills. */
  <T> T reserve(
      OpenTable table, Position at, MemorySegment key, int flags, KeyVal<T> shown, int size) {
    if (table.form().pairs()) {
      throw ResultCode.INCOMPATIBLE.exception();
    }
    Reservation<T> made = shown.reservation(size);
    boolean isStored = false;
    try {
      isStored = at.put(key, MemorySegment.ofArray(new byte[size]), flags);
    } finally {
      if (!isStored) {
        made.end();
      }
    }
    if (!isStored) {
      throw ResultCode.KEYEXIST.exception();
    }
    reservedIn = table;
    reservedKey = MemorySegment.ofArray(key.toArray(JAVA_BYTE));
    reservation = made;
    shown.show(made);
    return made.buffer();
  }

  /** Puts what the program has filled in; {@code last} if the call writes. */
  void flush(boolean last) {
    if (reservation == null) {
      return;
    }
    MemorySegment bytes = reservation.changed();
    if (bytes != null) {
      reservedIn.put(reservedKey, bytes);
    }
    if (last) {
      endReservation();
    }
  }

  private void endReservation() {
    Reservation<?> ended = reservation;
    reservation = null;
    if (ended != null) {
      ended.end();
    }
  }

  // ---- nested transactions

  /** What the return to the beginning of a nested transaction needs. */
  record Nested(Savepoint savepoint, Map<Position, Position.Mark> marks, int opened) {}

  Nested nest() {
    flush(true);
    Map<Position, Position.Mark> marks = new HashMap<>();
    for (OpenTable each : open.values()) {
      for (Position position : each.positions()) {
        marks.put(position, position.mark());
      }
    }
    return new Nested(write.savepoint(), marks, tables.opened());
  }

  void commit(Nested nested) {
    flush(true);
    write.release(nested.savepoint());
  }

  void rollBack(Nested nested) {
    try {
      comeBackTo(nested);
    } finally {
      endReservation();
    }
  }

  private void comeBackTo(Nested nested) {
    write.rollbackTo(nested.savepoint());
    write.release(nested.savepoint());
    tables.closeSince(nested.opened());
    List<Position> positions = new ArrayList<>();
    open.values().forEach(each -> positions.addAll(each.positions()));
    for (Position each : positions) {
      Position.Mark mark = nested.marks().get(each);
      if (mark == null) {
        each.close();
      } else {
        each.comeBackTo(mark);
      }
    }
  }

  // ---- the end

  void commit() {
    boolean isCommitted = write == null; // a reader has nothing to commit
    try {
      if (!isCommitted) {
        flush(true);
        write.commit();
        isCommitted = true;
      }
    } finally {
      if (!isCommitted) {
        tables.closeSince(0);
      }
      end();
    }
  }

  void abort() {
    tables.closeSince(0);
    end();
  }

  /** Ends the engine's transaction if the commit or the rollback could not, as on a full stack. */
  void close() {
    txn.close();
  }

  /** Ends the engine's transaction, which holds a lock, also if the proxy fails. */
  private void end() {
    try {
      txn.close();
    } finally {
      store.leave();
      endReservation();
    }
  }
}
