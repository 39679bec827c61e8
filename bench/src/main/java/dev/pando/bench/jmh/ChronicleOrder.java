package dev.pando.bench.jmh;

import net.openhft.chronicle.bytes.BytesIn;
import net.openhft.chronicle.bytes.BytesMarshallable;
import net.openhft.chronicle.bytes.BytesOut;

/** The same content as an {@link Order}, marshalled by Chronicle Bytes. */
public final class ChronicleOrder implements BytesMarshallable {
  private String customer = "";
  private double total;
  private long seconds;
  private int nanos;

  /** An empty one, to be read into. */
  public ChronicleOrder() {}

  ChronicleOrder(Order order) {
    customer = order.customer();
    total = order.total();
    seconds = order.placed().getEpochSecond();
    nanos = order.placed().getNano();
  }

  @Override
  public void writeMarshallable(BytesOut<?> bytes) {
    bytes.writeUtf8(customer).writeDouble(total).writeLong(seconds).writeInt(nanos);
  }

  @Override
  public void readMarshallable(BytesIn<?> bytes) {
    String read = bytes.readUtf8();
    customer = read == null ? "" : read;
    total = bytes.readDouble();
    seconds = bytes.readLong();
    nanos = bytes.readInt();
  }
}
