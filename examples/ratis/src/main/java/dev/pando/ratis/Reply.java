package dev.pando.ratis;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a peer answers to a read. The README has the bytes. */
@SuppressWarnings(
    "ArrayRecordComponent") // bytes are what it is about, and replies are not compared
sealed interface Reply {
  /** The index of the log that the answer is the state of. */
  long index();

  byte[] encode();

  /** The answer to {@link Request.Get}; a null means that there is no entry. */
  record Value(long index, byte @Nullable [] value) implements Reply {
    @Override
    public byte[] encode() {
      return new MessageWriter().u64(index).optional(value).toArray();
    }

    static Value decode(ByteBuffer message) throws RequestRefusedException {
      MessageReader in = new MessageReader(message);
      Value value = new Value(in.u64("index"), in.optional("value", Limits.VALUE));
      in.end();
      return value;
    }
  }

  /** The answer to {@link Request.Scan}. */
  record Page(long index, List<TableEntry> entries, boolean complete) implements Reply {
    @Override
    public byte[] encode() {
      MessageWriter out = new MessageWriter().u64(index).u8(complete ? 1 : 0).u32(entries.size());
      for (TableEntry entry : entries) {
        out.bytes(entry.key()).bytes(entry.value());
      }
      return out.toArray();
    }

    static Page decode(ByteBuffer message) throws RequestRefusedException {
      MessageReader in = new MessageReader(message);
      long index = in.u64("index");
      boolean complete = in.u8("completeness", 1) == 1;
      int count = in.u32("number of entries", Limits.SCAN);
      List<TableEntry> entries = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        entries.add(new TableEntry(in.bytes("key", Limits.KEY), in.bytes("value", Limits.VALUE)));
      }
      in.end();
      return new Page(index, entries, complete);
    }
  }
}
