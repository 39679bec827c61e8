package dev.pando.pager;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Loops that finish what one system call may leave unfinished. */
final class Transfer {
  /** One read or write at an offset: moves the buffer's position, returns bytes moved. */
  interface Step {
    int at(ByteBuffer buffer, long offset) throws IOException;
  }

  /** Attempts without progress: a disk that takes no byte and reports no error ends the loop. */
  private static final int MOST_IDLE_STEPS = 16;

  private Transfer() {}

  static void write(Step step, ByteBuffer source, long offset) throws IOException {
    move(step, source, offset);
  }

  /** Fills the buffer; {@link EOFException} if the file ends before. */
  static void read(Step step, ByteBuffer target, long offset) throws IOException {
    move(step, target, offset);
  }

  private static void move(Step step, ByteBuffer buffer, long offset) throws IOException {
    int start = buffer.position();
    int idle = 0;
    while (buffer.hasRemaining()) {
      int moved = step.at(buffer, offset + buffer.position() - start);
      if (moved < 0) {
        throw new EOFException(
            "the file ends " + buffer.remaining() + " bytes before the end of what was asked for");
      }
      idle = moved == 0 ? idle + 1 : 0;
      if (idle == MOST_IDLE_STEPS) {
        throw new IOException("no byte moved in " + idle + " attempts");
      }
    }
  }
}
