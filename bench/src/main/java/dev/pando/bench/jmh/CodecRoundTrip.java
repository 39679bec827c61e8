package dev.pando.bench.jmh;

import dev.pando.codec.ChronicleCodec;
import dev.pando.codec.Codec;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Encoding a value into reused memory, and decoding it from there. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CodecRoundTrip {
  private final Sink sink = new Sink();
  private final Source source = new Source();

  private final Codec<Long> u64 = Codec.u64();
  private final Codec<String> utf8 = Codec.utf8();
  private final Codec<Order> record = Codec.record(Order.class);
  private final Codec<ChronicleOrder> chronicle =
      ChronicleCodec.of("order", ChronicleOrder.class, ChronicleOrder::new);
  private final ChronicleOrder reused = new ChronicleOrder();
  private final Codec<ChronicleOrder> chronicleReused =
      ChronicleCodec.of("order", ChronicleOrder.class, () -> reused);

  private long number = 1L << 40;
  private final String text = "a name of 22 letters, ä";
  private final Order order =
      new Order("Ada Lovelace", 99.5, Instant.ofEpochSecond(1_700_000_000, 123_456_789));
  private final ChronicleOrder chronicleOrder = new ChronicleOrder(order);

  private <T> T roundTrip(Codec<T> codec, T value) {
    sink.clear();
    codec.encode(value, sink);
    source.reset(sink.segment(), 0, sink.length());
    return codec.decode(source);
  }

  /** A number. */
  @Benchmark
  public Long u64() {
    return roundTrip(u64, number++);
  }

  /** A short text. */
  @Benchmark
  public String utf8() {
    return roundTrip(utf8, text);
  }

  /** A record of a text, a number and an instant. */
  @Benchmark
  public Order record() {
    return roundTrip(record, order);
  }

  /** The same content by Chronicle Bytes, a new object each time. */
  @Benchmark
  public ChronicleOrder chronicle() {
    return roundTrip(chronicle, chronicleOrder);
  }

  /** The same, always into one object. */
  @Benchmark
  public ChronicleOrder chronicleReused() {
    return roundTrip(chronicleReused, chronicleOrder);
  }
}
