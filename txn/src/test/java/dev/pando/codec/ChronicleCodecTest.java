package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pando.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.BytesIn;
import net.openhft.chronicle.bytes.BytesMarshallable;
import net.openhft.chronicle.bytes.BytesOut;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

public class ChronicleCodecTest {
  /** A time, a price and a name. */
  public static final class Tick implements BytesMarshallable {
    long time;
    double price;
    @Nullable String name;

    public static Tick of(long time, double price, @Nullable String name) {
      Tick tick = new Tick();
      tick.time = time;
      tick.price = price;
      tick.name = name;
      return tick;
    }

    @Override
    public void writeMarshallable(BytesOut<?> bytes) {
      bytes.writeLong(time);
      bytes.writeDouble(price);
      bytes.writeUtf8(name);
    }

    @Override
    public void readMarshallable(BytesIn<?> bytes) {
      time = bytes.readLong();
      price = bytes.readDouble();
      name = bytes.readUtf8();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Tick tick
          && tick.time == time
          && tick.price == price
          && Objects.equals(tick.name, name);
    }

    @Override
    public int hashCode() {
      return Objects.hash(time, price, name);
    }
  }

  private static final Codec<Tick> TICK = ChronicleCodec.of("tick", Tick.class, Tick::new);

  private static <T> void roundTrip(Codec<T> codec, T value) {
    byte[] whole = CodecLaws.whole(codec, value);
    assertThat(codec.decode(CodecLaws.source(whole))).isEqualTo(value);
    assertThat(codec.decode(CodecLaws.heapSource(whole))).isEqualTo(value);
    Source nested = CodecLaws.source(CodecLaws.join(CodecLaws.nested(codec, value), new byte[3]));
    assertThat(codec.decodeNested(nested)).isEqualTo(value);
    assertThat(nested.remaining()).isEqualTo(3);
  }

  @Test
  void marshallables() {
    assertThat(TICK.id()).isEqualTo("tick");
    assertThat(TICK.ordered()).isFalse();
    for (int length : new int[] {0, 1, 300, 3_000_000}) {
      roundTrip(TICK, Tick.of(length, -0.5, "x".repeat(length)));
    }
    roundTrip(TICK, Tick.of(1, 2, null));
    roundTrip(
        Codec.tuple(TICK, TICK), new Tuple2<>(Tick.of(1, 0, "\0\0"), Tick.of(2, 0, "\uffff")));
    Source source = CodecLaws.source(CodecLaws.whole(TICK, Tick.of(1, 2, "a")));
    TICK.decode(source);
    assertThat(source.remaining()).isZero();
  }

  @Test
  void cannotEncodeKeys() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Table.of("ticks", TICK, Codec.u64()))
        .withMessage("table ticks: codec tick is not ordered and cannot encode keys");
  }

  @Test
  void functionsReadInPlace() {
    List<BytesIn<?>> kept = new ArrayList<>();
    Codec<Long> codec =
        ChronicleCodec.<Long>of(
            "long",
            (value, out) -> out.writeLong(value),
            in -> {
              kept.add(in);
              return in.readLong();
            });
    Source source = CodecLaws.source(CodecLaws.whole(codec, 77L));
    long address = source.segment().address() + source.offset();
    long[] seen = new long[1];
    Codec<Long> addressed =
        ChronicleCodec.<Long>of(
            "long",
            (value, out) -> out.writeLong(value),
            in -> {
              seen[0] = ((Bytes<?>) in).addressForRead(in.readPosition());
              return in.readLong();
            });
    assertThat(codec.decode(source)).isEqualTo(77L);
    assertThat(addressed.decode(CodecLaws.source(CodecLaws.whole(codec, 78L)))).isEqualTo(78L);
    assertThat(seen[0]).as("read in place").isEqualTo(address);
    assertThat(kept.getFirst().readRemaining()).as("empty after the call").isZero();
    assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> kept.getFirst().readLong());
  }

  @Test
  void codecsInsideCodecs() {
    Codec<Tick> outer =
        ChronicleCodec.<Tick>of(
            "outer",
            (tick, out) -> {
              out.writeLong(tick.time);
              Sink sink = new Sink();
              TICK.encode(tick, sink);
              byte[] inner = sink.toArray();
              out.writeInt(inner.length);
              out.write(inner);
            },
            in -> {
              long time = in.readLong();
              byte[] inner = new byte[in.readInt()];
              in.read(inner);
              Tick tick = TICK.decode(new CopiedSource(inner).source);
              tick.time = time;
              assertThat(in.readRemaining()).isZero();
              return tick;
            });
    roundTrip(outer, Tick.of(5, 6, "seven"));
  }

  /** A source in native memory that nobody else writes. */
  private static final class CopiedSource {
    final Source source = new Source();

    CopiedSource(byte[] bytes) {
      Sink sink = new Sink();
      sink.putBytes(bytes);
      source.reset(sink.segment(), 0, bytes.length);
    }
  }

  /** Chronicle takes the end of the bytes for the end of a string, but cuts no numbers. */
  @Test
  void malformedBytes() {
    byte[] bytes = CodecLaws.whole(TICK, Tick.of(1, 2, "name"));
    for (int length = 0; length < 2 * Long.BYTES; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatExceptionOfType(CodecException.class)
          .isThrownBy(() -> TICK.decode(CodecLaws.source(cut)))
          .withMessageStartingWith(
              "codec tick: found " + length + " bytes on which its reader fails: ");
      assertThatExceptionOfType(CodecException.class)
          .isThrownBy(() -> TICK.decode(CodecLaws.heapSource(cut)));
    }
    roundTrip(TICK, Tick.of(1, 2, "and works afterwards"));
  }

  @Test
  void bytesThemselves() {
    Codec<Bytes<?>> codec = ChronicleCodec.bytes();
    assertThat(codec.id()).isEqualTo("bytes");
    assertThat(codec.ordered()).isTrue();
    for (Bytes<?> value :
        List.<Bytes<?>>of(
            Bytes.allocateElasticOnHeap(),
            Bytes.allocateElasticDirect(),
            Bytes.wrapForRead(new byte[0]))) {
      roundTrip(codec, value);
      if (value.isElastic()) {
        value.append("head");
        value.readSkip(4);
        value.write(new byte[] {0, 1, -1});
        roundTrip(codec, value);
        assertThat(CodecLaws.whole(codec, value)).containsExactly(0, 1, -1);
        assertThat(value.readRemaining()).as("left as it was").isEqualTo(3);
      }
    }
  }

  @Test
  void manyThreads() throws InterruptedException {
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      int seed = t;
      Runnable run =
          () -> {
            for (int i = 0; i < 200; i++) {
              roundTrip(TICK, Tick.of(seed, i, "thread " + seed));
            }
          };
      Thread.Builder builder = t % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
      threads.add(builder.uncaughtExceptionHandler((thread, e) -> failures.add(e)).start(run));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
  }
}
