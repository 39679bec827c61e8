package dev.pando.cli;

import dev.pando.Progress;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Slows a copy down to so many bytes a second: it sleeps after each part that was too fast. */
final class RateLimit implements Progress {
  /** Sleeps on the thread that copies. */
  interface Sleeper {
    void sleep(Duration time) throws InterruptedException;
  }

  private static final Pattern BYTES = Pattern.compile("([0-9]{1,12})([KMG]?)");

  private final Progress shown;
  private final long bytesASecond;
  private final LongSupplier nanoTime;
  private final Sleeper sleeper;
  private final long began;

  RateLimit(Progress shown, long bytesASecond, LongSupplier nanoTime, Sleeper sleeper) {
    this.shown = shown;
    this.bytesASecond = bytesASecond;
    this.nanoTime = nanoTime;
    this.sleeper = sleeper;
    this.began = nanoTime.getAsLong();
  }

  /**
   * The progress of a copy, slowed down.
   *
   * @param shown what shows it
   * @param limit bytes a second as text, such as {@code 10M}
   * @throws Fault if the text is no such number
   */
  static Progress of(Progress shown, String limit) {
    return new RateLimit(shown, bytes(limit), System::nanoTime, Thread::sleep);
  }

  /** A number of bytes; K, M and G are powers of 1,024. */
  static long bytes(String text) {
    Matcher matcher = BYTES.matcher(text.toUpperCase(Locale.ROOT));
    long bytes = 0;
    if (matcher.matches()) {
      int shift = 10 * " KMG".indexOf(matcher.group(2).isEmpty() ? " " : matcher.group(2));
      long number = Long.parseLong(matcher.group(1));
      bytes = number <= Long.MAX_VALUE >> shift ? number << shift : 0;
    }
    if (bytes == 0) {
      throw Fault.usage(
          "--limit-rate %s: allowed 1 to 8589934591G bytes, such as 500K or 10M".formatted(text));
    }
    return bytes;
  }

  @Override
  public void at(long doneBytes, long totalBytes) {
    shown.at(doneBytes, totalBytes);
    double due = (double) doneBytes / bytesASecond * 1e9;
    long early = (long) (due - (nanoTime.getAsLong() - began));
    if (early > 0 && doneBytes < totalBytes) {
      try {
        sleeper.sleep(Duration.ofNanos(early));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Fault.usage("the copy was interrupted", e);
      }
    }
  }
}
