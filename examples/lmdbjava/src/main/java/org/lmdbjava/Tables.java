package org.lmdbjava;

import dev.pando.RawTable;
import dev.pando.ReadTxn;
import dev.pando.WriteTxn;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Opens, creates and drops the tables of an environment in one transaction. As in LMDB, the table
 * without a name also has an entry for each of the others.
 */
final class Tables {
  private static final byte[] MAIN = new byte[0];

  private final Session session;
  private final Handles handles;
  private final List<Handle> opened = new ArrayList<>();

  Tables(Session session, Handles handles) {
    this.session = session;
    this.handles = handles;
  }

  // ---- handles, which stay if their transaction commits

  int opened() {
    return opened.size();
  }

  void closeSince(int count) {
    while (opened.size() > count) {
      handles.close(opened.removeLast());
    }
  }

  private Handle opened(byte[] name, TableRecord record) {
    Handle handle = new Handle(name, record);
    handles.add(handle);
    opened.add(handle);
    return handle;
  }

  /**
   * Opens a table.
   *
   * @param name null for the table without one
   * @param keys the form that a comparator asks for; null for that of the flags
   */
  Handle open(byte[] name, int flags, ByteForm keys) {
    if (name == null) {
      return openMain(flags, keys);
    }
    if (name.length == 0 || name.length > OpenTable.MAX_KEY) {
      throw ResultCode.BAD_VALSIZE.exception();
    }
    Handle known = handles.find(name);
    if (known != null) {
      checkKeys(known.record(), keys);
      return known;
    }
    handles.checkRoom();
    boolean create = MaskedFlag.isSet(flags, DbiFlags.MDB_CREATE);
    TableRecord main = TableRecord.find(session.txn(), MAIN);
    if (main.has(DbiFlags.MDB_DUPSORT) || main.has(DbiFlags.MDB_INTEGERKEY)) {
      throw (create ? ResultCode.INCOMPATIBLE : ResultCode.NOTFOUND).exception();
    }
    TableRecord record = TableRecord.find(session.txn(), name);
    if (record == null) {
      record = create(name, TableRecord.of(flags, keys), create);
    }
    checkKeys(record, keys);
    return opened(name.clone(), record);
  }

  private static void checkKeys(TableRecord record, ByteForm keys) {
    if (keys != null && keys != record.form().keys()) {
      throw ResultCode.INCOMPATIBLE.exception(); // its entries have another order
    }
  }

  private TableRecord create(byte[] name, TableRecord record, boolean create) {
    OpenTable main = main();
    if (main.get(MemorySegment.ofArray(name)) != null) {
      throw ResultCode.INCOMPATIBLE.exception(); // a value, not a table
    }
    if (!create) {
      throw ResultCode.NOTFOUND.exception();
    }
    WriteTxn tx = session.write();
    if (tx == null) {
      throw ResultCode.EACCES.exception();
    }
    main.put(MemorySegment.ofArray(name), MemorySegment.ofArray(record.toBytes()));
    record.put(tx, name);
    boolean _ = tx.create(new Handle(name, record).table());
    return record;
  }

  private Handle openMain(int flags, ByteForm keys) {
    TableRecord stored = TableRecord.find(session.txn(), MAIN);
    TableRecord record = stored.withFlags(flags);
    if (keys != null) {
      record = new TableRecord(record.flags(), record.form().withKeys(keys));
    }
    if (!record.equals(stored) && session.mayWrite()) {
      Handle before = new Handle(MAIN, stored);
      if (!record.form().equals(stored.form())) {
        if (session.stat(before).entries > 0) {
          throw ResultCode.INCOMPATIBLE.exception(); // its entries have another order
        }
        boolean _ = session.write().drop(before.table().name());
      }
      record.put(session.write(), MAIN);
    } else {
      record = stored;
    }
    Handle known = handles.find(MAIN);
    return known != null && known.record().equals(record) ? known : opened(MAIN, record);
  }

  private OpenTable main() {
    Handle known = handles.find(MAIN);
    TableRecord record = TableRecord.find(session.txn(), MAIN);
    boolean same = known != null && known.record().equals(record);
    return session.table(same ? known : new Handle(MAIN, record));
  }

  /** Whether a key of the table without a name is that of another table. */
  boolean isTable(MemorySegment key) {
    return session.txn().raw(TableRecord.RECORDS).contains(key);
  }

  /** All keys of the table without a name, which are names unless a program has put others. */
  static List<byte[]> names(ReadTxn tx) {
    List<byte[]> names = new ArrayList<>();
    Handle main = new Handle(MAIN, TableRecord.find(tx, MAIN));
    RawTable raw = tx.raw(main.table());
    EntryForm form = main.record().form();
    boolean _ =
        raw.forEach(
            (key, _) -> {
              ByteBuffer shown = form.keyOf(key.asSegment());
              byte[] name = new byte[shown.remaining()];
              shown.get(name);
              return names.add(name);
            });
    return names;
  }

  // ---- the end of tables

  /** Removes all entries, and perhaps the table. */
  void drop(Handle handle, boolean delete) {
    OpenTable table = session.table(handle);
    table.clear();
    if (handle.isMain()) {
      dropNamed();
    } else if (delete) {
      dropTable(handle);
      OpenTable main = main();
      byte[] name = main.form().keys().convert(MemorySegment.ofArray(handle.name()));
      main.removeEntry(name, null);
    }
  }

  private void dropNamed() {
    for (Handle each : handles.named()) {
      if (TableRecord.find(session.txn(), each.name()) != null) {
        dropTable(each);
      }
    }
    List<byte[]> names = session.txn().scan(TableRecord.RECORDS).keys();
    for (byte[] each : names) {
      if (each.length > 0) {
        dropTable(new Handle(each, TableRecord.find(session.txn(), each)));
      }
    }
  }

  private void dropTable(Handle handle) {
    WriteTxn tx = session.write();
    boolean _ = tx.drop(handle.table().name());
    boolean _ = tx.delete(TableRecord.RECORDS, handle.name());
    handles.close(handle);
  }
}
