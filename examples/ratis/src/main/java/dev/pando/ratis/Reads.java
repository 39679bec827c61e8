package dev.pando.ratis;

import dev.pando.Entry;
import dev.pando.Range;
import dev.pando.ReadTxn;
import dev.pando.Scan;
import java.util.ArrayList;
import java.util.List;

/** Answers reads from one commit of the database. */
final class Reads {
  private Reads() {}

  static Reply answer(ReadTxn tx, Request.Read request) {
    long index = ReplicaDatabase.applied(tx).index();
    return switch (request) {
      case Request.Get get -> new Reply.Value(index, tx.get(ReplicaDatabase.ENTRIES, get.key()));
      case Request.Scan scan -> page(tx, index, scan);
    };
  }

  private static Reply.Page page(ReadTxn tx, long index, Request.Scan request) {
    List<TableEntry> found = new ArrayList<>();
    int bytes = 0;
    try (Scan<byte[], byte[]> scan = tx.scan(ReplicaDatabase.ENTRIES, range(request))) {
      for (Entry<byte[], byte[]> entry : scan) {
        if (found.size() == request.limit() || bytes >= Limits.SCAN_BYTES) {
          return new Reply.Page(index, found, false);
        }
        found.add(new TableEntry(entry.key(), entry.value()));
        bytes += entry.key().length + entry.value().length;
      }
    }
    return new Reply.Page(index, found, true);
  }

  private static Range<byte[]> range(Request.Scan scan) {
    byte[] from = scan.from();
    byte[] to = scan.to();
    if (from == null) {
      return to == null ? Range.all() : Range.lessThan(to);
    }
    return to == null ? Range.atLeast(from) : Range.closedOpen(from, to);
  }
}
