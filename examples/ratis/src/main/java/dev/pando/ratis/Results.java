package dev.pando.ratis;

import dev.pando.Range;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The results of the newest writes, by the call of the client. A call that a client sends again,
 * because its answer was lost, is in the log twice; the second entry gets the result of the first
 * one and changes nothing. Results are committed with what they are the results of, so a peer that
 * restarts, or that gets a snapshot, knows them.
 *
 * <p>What is known depends on indexes only, so all peers answer alike. Used by one thread.
 */
final class Results {
  /** How many entries of the log back a result is known. */
  static final long WINDOW = 65_536;

  /** The index of a log entry, and what {@link #encode} writes. */
  static final Table<Long, byte[]> TABLE = Table.of("results", Codec.u64(), Codec.bytes());

  private record Known(long index, WriteResult result) {}

  private record Call(long index, Invocation invocation) {}

  private final Map<Invocation, Known> known = new HashMap<>();
  private final ArrayDeque<Call> byAge = new ArrayDeque<>();

  /** Replaces all by what the database has. */
  void load(ReadTxn tx) throws RequestRefusedException {
    known.clear();
    byAge.clear();
    for (var entry : tx.scan(TABLE, Range.all()).toList()) {
      byte[] bytes = entry.value();
      if (bytes.length != Invocation.BYTES + 1) {
        throw new RequestRefusedException(
            "The stored result of the log entry "
                + entry.key()
                + " has "
                + bytes.length
                + " bytes, allowed "
                + (Invocation.BYTES + 1)
                + ". Remove this peer from its group, delete its directory, and add it again (see"
                + " Members): the leader sends it a snapshot.");
      }
      ByteBuffer in = ByteBuffer.wrap(bytes);
      Invocation invocation = Invocation.read(in);
      remember(entry.key(), invocation, WriteResult.of(in.get()));
    }
  }

  /** The result of an earlier entry of the same call, as seen by the entry with an index. */
  @Nullable WriteResult find(Invocation invocation, long index) {
    Known found = known.get(invocation);
    return found == null || found.index() <= index - WINDOW ? null : found.result();
  }

  void add(WriteTxn tx, long index, Invocation invocation, WriteResult result) {
    tx.append(TABLE, index, encode(invocation, result));
    remember(index, invocation, result);
  }

  /** Deletes what no entry after this index may see. */
  void prune(WriteTxn tx, long index) {
    long oldest = index + 1 - WINDOW;
    for (Call call = byAge.peek(); call != null && call.index() <= oldest; call = byAge.peek()) {
      byAge.remove();
      Known _ =
          known.computeIfPresent(
              call.invocation(), (_, found) -> found.index() <= oldest ? null : found);
    }
    if (oldest >= 0) {
      long _ = tx.deleteRange(TABLE, Range.atMost(oldest));
    }
  }

  private void remember(long index, Invocation invocation, WriteResult result) {
    known.put(invocation, new Known(index, result));
    byAge.add(new Call(index, invocation));
  }

  private static byte[] encode(Invocation invocation, WriteResult result) {
    ByteBuffer out = ByteBuffer.allocate(Invocation.BYTES + 1);
    invocation.write(out);
    return out.put(result.code()).array();
  }
}
