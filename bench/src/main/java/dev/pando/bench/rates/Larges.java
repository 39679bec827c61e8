package dev.pando.bench.rates;

import dev.pando.bench.store.LargeValue;
import dev.pando.bench.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.SplittableRandom;

/** Workloads of one large value in a new store. */
final class Larges {
  private static final int BYTES = 64 << 20;
  private static final int QUICK_BYTES = 4 << 20;
  private static final int CHANGED = 4 << 10;

  private final Stage stage;

  /** What the value has to be. */
  private final byte[] content;

  private final SplittableRandom random = new SplittableRandom(5);

  private Larges(Stage stage) {
    this.stage = stage;
    content = new byte[stage.setting().quick() ? QUICK_BYTES : BYTES];
    random.nextBytes(content);
  }

  static Outcome put(Stage stage) {
    Larges values = new Larges(stage);
    return values.ofAll(value -> value.put(values.channel(), values.content.length));
  }

  static Outcome read(Stage stage) {
    return new Larges(stage).ofAll(value -> Meter.sink = value.sum());
  }

  /** Other bytes at random multiples of their length. */
  static Outcome change(Stage stage) {
    Larges values = new Larges(stage);
    byte[] bytes = new byte[CHANGED];
    ByteBuffer buffer = ByteBuffer.allocateDirect(CHANGED);
    return values.measure(
        1,
        Outcome.NONE,
        value -> {
          int at = values.random.nextInt(values.content.length / CHANGED) * CHANGED;
          values.random.nextBytes(bytes);
          System.arraycopy(bytes, 0, values.content, at, CHANGED);
          value.change(at, buffer.clear().put(bytes).flip());
        });
  }

  private interface Operation {
    void run(LargeValue value) throws IOException;
  }

  /** Operations with all bytes, counted in MiB. */
  private Outcome ofAll(Operation operation) {
    return measure(content.length >> 20, Long.toHexString(LargeValue.sum(content)), operation);
  }

  /**
   * Repeats an operation, and compares what the store has at the end.
   *
   * @param counted what one operation counts
   */
  private Outcome measure(int counted, String checksum, Operation operation) {
    try (Store store = stage.openNew()) {
      LargeValue value = store.largeValue();
      value.put(channel(), content.length);
      Outcome outcome =
          Meter.measure(
              stage.setting(), millis -> slice(millis, value, counted, checksum, operation));
      if (value.sum() != LargeValue.sum(content)) {
        throw new AssertionError("the value is not what was written last");
      }
      return outcome;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Meter.Sample slice(
      long millis, LargeValue value, int counted, String checksum, Operation operation) {
    long done = 0;
    Stopwatch watch = new Stopwatch().start();
    try {
      while (watch.goesOn(stage.setting(), millis)) {
        operation.run(value);
        done += counted;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Meter.Sample.of(stage.setting(), done, watch.stop(), checksum);
  }

  /** The content, which costs a copy. */
  private ReadableByteChannel channel() {
    ByteBuffer rest = ByteBuffer.wrap(content);
    return new ReadableByteChannel() {
      @Override
      public int read(ByteBuffer target) {
        if (!rest.hasRemaining()) {
          return -1;
        }
        int bytes = Math.min(target.remaining(), rest.remaining());
        target.put(target.position(), rest, rest.position(), bytes);
        target.position(target.position() + bytes);
        rest.position(rest.position() + bytes);
        return bytes;
      }

      @Override
      public boolean isOpen() {
        return true;
      }

      @Override
      public void close() {}
    };
  }
}
