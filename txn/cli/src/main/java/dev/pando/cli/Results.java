package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The results of a verb, in UTF-8. A {@link PrintStream} keeps only that a write failed; this one
 * also keeps why, so that a verb whose results are lost does not end with 0.
 */
final class Results extends PrintStream {
  private static final int BUFFER = 1 << 16;

  private final Kept kept;

  /** A stream that remembers its first failure. */
  private static final class Kept extends FilterOutputStream {
    private volatile @Nullable IOException failure;

    Kept(OutputStream to) {
      super(to);
    }

    @Override
    public void write(int each) throws IOException {
      write(new byte[] {(byte) each}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      try {
        out.write(bytes, from, length);
      } catch (IOException e) {
        throw keep(e);
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        out.flush();
      } catch (IOException e) {
        throw keep(e);
      }
    }

    private IOException keep(IOException e) {
      if (failure == null) {
        failure = e;
      }
      return e;
    }
  }

  /** Writes to a stream, through a buffer. */
  Results(OutputStream to) {
    this(new Kept(to));
  }

  private Results(Kept kept) {
    super(new BufferedOutputStream(kept, BUFFER), false, UTF_8);
    this.kept = kept;
  }

  /** Writes what is in the buffer, and returns why results are lost; null if none are. */
  @Nullable String lost() {
    boolean failed = checkError();
    IOException failure = kept.failure;
    if (failure != null) {
      return String.valueOf(failure.getMessage());
    }
    return failed ? "the stream is closed" : null;
  }

  /** Whether the reader of a pipe, such as {@code head}, has ended. */
  boolean isAbandoned() {
    IOException failure = kept.failure;
    // Where the message is translated, it has the English one in parentheses.
    return failure != null
        && String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
  }

  /** These results as bytes, whose writes fail as those of a file do. */
  OutputStream bytes() {
    return new OutputStream() {
      @Override
      public void write(int each) throws IOException {
        Results.this.write(each);
        check();
      }

      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        Results.this.write(bytes, from, length);
        check();
      }

      @Override
      public void flush() throws IOException {
        Results.this.flush();
        check();
      }
    };
  }

  private void check() throws IOException {
    IOException failure = kept.failure;
    if (failure != null) {
      throw new IOException("the results cannot be written: " + failure.getMessage(), failure);
    }
  }
}
