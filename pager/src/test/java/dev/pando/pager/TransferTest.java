package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TransferTest {
  private static final byte[] CONTENT =
      "a value that is written in pieces".getBytes(StandardCharsets.US_ASCII);

  @Test
  void shortWritesGoOnWhereTheyStopped() throws IOException {
    byte[] disk = new byte[100];
    ByteBuffer source = ByteBuffer.wrap(CONTENT);
    source.position(2); // not all of a buffer need be meant
    Transfer.write(
        (buffer, at) -> {
          int n = Math.min(buffer.remaining(), 5);
          buffer.get(disk, (int) at, n);
          return n;
        },
        source,
        10);
    byte[] expected = new byte[100];
    System.arraycopy(CONTENT, 2, expected, 10, CONTENT.length - 2);
    assertArrayEquals(expected, disk);
  }

  @Test
  void anErrorInTheMiddleIsPassedOn() {
    int[] calls = {0};
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                Transfer.write(
                    (buffer, at) -> {
                      if (++calls[0] == 3) {
                        throw new IOException("No space left on device");
                      }
                      buffer.get();
                      return 1;
                    },
                    ByteBuffer.wrap(CONTENT),
                    0));
    assertEquals("No space left on device", e.getMessage());
  }

  @Test
  void aDiskThatTakesNothingDoesNotHoldUsForEver() {
    IOException e =
        assertThrows(
            IOException.class,
            () -> Transfer.write((buffer, at) -> 0, ByteBuffer.wrap(CONTENT), 0));
    Pages.assertSays(e, "no byte moved");
  }

  @Test
  void aFileThatEndsEarlySaysHowMuchIsMissing() {
    EOFException e =
        assertThrows(
            EOFException.class,
            () ->
                Transfer.read(
                    (buffer, at) -> {
                      if (at >= 8) {
                        return -1;
                      }
                      buffer.putInt(7);
                      return 4;
                    },
                    ByteBuffer.allocate(20),
                    0));
    Pages.assertSays(e, "12 bytes");
  }
}
