package dev.pando;

import dev.pando.codec.ChronicleCodec;
import dev.pando.codec.Codec;
import dev.pando.codec.Sink;
import dev.pando.codec.Source;

/** A program that uses the codecs where there is no Chronicle. */
final class WithoutChronicle {
  private WithoutChronicle() {}

  private record Order(long id, String customer) {}

  /** Prints what {@link ChronicleAbsentTest} expects. */
  public static void main(String[] args) {
    Table<Long, Order> orders = Table.of("orders", Codec.u64(), Codec.record(Order.class));
    Sink sink = new Sink();
    orders.keyCodec().encode(7L, sink);
    orders.valueCodec().encodeNested(new Order(7, "seven"), sink);
    Source source = new Source();
    source.reset(sink.segment(), 0, sink.length());
    Entry<Long, Order> entry =
        new Entry<>(
            orders.keyCodec().decodeNested(source), orders.valueCodec().decodeNested(source));
    System.out.println(entry);
    System.out.println(Range.closedOpen(1L, 9L).encode(orders.keyCodec()).isEmpty());
    try {
      System.out.println(ChronicleCodec.bytes());
    } catch (NoClassDefFoundError e) {
      String missing = String.valueOf(e.getMessage());
      System.out.println("no " + missing.substring(0, missing.lastIndexOf('/')));
    }
  }
}
