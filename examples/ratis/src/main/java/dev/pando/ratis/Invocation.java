package dev.pando.ratis;

import java.nio.ByteBuffer;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;

/** One call of one client. A client that sends a call again sends the same numbers. */
record Invocation(long clientHigh, long clientLow, long call) {
  static final int BYTES = 3 * Long.BYTES;

  static Invocation of(StateMachineLogEntryProto entry) {
    ByteBuffer client = entry.getClientId().asReadOnlyByteBuffer();
    return client.remaining() < 2 * Long.BYTES
        ? new Invocation(0, 0, entry.getCallId())
        : new Invocation(client.getLong(), client.getLong(), entry.getCallId());
  }

  static Invocation read(ByteBuffer in) {
    return new Invocation(in.getLong(), in.getLong(), in.getLong());
  }

  void write(ByteBuffer out) {
    out.putLong(clientHigh).putLong(clientLow).putLong(call);
  }
}
