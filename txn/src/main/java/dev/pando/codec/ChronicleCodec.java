package dev.pando.codec;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.BytesIn;
import net.openhft.chronicle.bytes.BytesMarshallable;
import net.openhft.chronicle.bytes.BytesOut;

/**
 * Values that Chronicle Bytes writes and reads. They are written into a {@link Bytes} that each
 * thread reuses. They are read in place: the bytes that the value's {@code readMarshallable} gets
 * are the mapped file itself, and nothing is copied.
 *
 * {@snippet :
 * final class Tick implements BytesMarshallable {
 *   long time;
 *   double price;
 *
 *   public void writeMarshallable(BytesOut<?> bytes) {
 *     bytes.writeLong(time).writeDouble(price);
 *   }
 *
 *   public void readMarshallable(BytesIn<?> bytes) {
 *     time = bytes.readLong();
 *     price = bytes.readDouble();
 *   }
 * }
 *
 * Table<Long, Tick> ticks =
 *     Table.of("ticks", Codec.u64(), ChronicleCodec.of("tick", Tick.class, Tick::new));
 * }
 *
 * <p><strong>The bytes are valid only during the call that gets them.</strong> Copy what must
 * outlive the call: afterwards the {@code BytesIn} is empty, or has another value. It must not be
 * cast to a type that writes: the file is mapped read-only, and Chronicle's unchecked access would
 * crash the JVM.
 *
 * <p>Needs {@code net.openhft:chronicle-bytes} on the class path or the module path, an optional
 * dependency of Pando; its own dependencies {@code posix} and {@code chronicle-analytics} may be
 * excluded. On JDK 25, the JVM warns of {@code sun.misc.Unsafe} at the first use. None of its
 * classes is loaded unless this class is used.
 *
 * <p>Numbers are in the byte order of the machine, as Chronicle writes them: such a codec is not
 * {@link Codec#ordered}, cannot encode keys, and its files belong to machines of one byte order.
 * {@link #bytes} is the exception. Immutable and safe for use by many threads if the functions
 * given to it are.
 *
 * <p>An exception of the reader becomes a {@link CodecException}. Chronicle itself checks numbers
 * against the end of the bytes, but reads a truncated string as a shorter one or null.
 *
 * @param <T> the values
 */
@SuppressWarnings("exports") // requires transitive would make every user's module need Chronicle
public final class ChronicleCodec<T> implements Codec<T> {
  private final String id;
  private final Class<?> type;
  private final BiConsumer<? super T, ? super BytesOut<?>> writer;
  private final Function<? super BytesIn<?>, ? extends T> reader;

  private ChronicleCodec(
      String id,
      Class<?> type,
      BiConsumer<? super T, ? super BytesOut<?>> writer,
      Function<? super BytesIn<?>, ? extends T> reader) {
    this.id = id;
    this.type = type;
    this.writer = writer;
    this.reader = reader;
  }

  /**
   * Values that marshal themselves.
   *
   * @param id the codec's {@link Codec#id}, which the caller changes whenever the bytes change
   * @param type their class
   * @param factory makes the object that {@code readMarshallable} is called on: a new one each
   *     time, unless the caller knows that a value is no longer used when the next one is read
   */
  public static <T extends BytesMarshallable> Codec<T> of(
      String id, Class<T> type, Supplier<? extends T> factory) {
    return new ChronicleCodec<>(
        id,
        type,
        (value, out) -> type.cast(value).writeMarshallable(out),
        in -> {
          T value = factory.get();
          value.readMarshallable(in);
          return value;
        });
  }

  /**
   * Values that two functions write and read.
   *
   * @param id the codec's {@link Codec#id}, which the caller changes whenever the bytes change
   * @param writer writes a value at the position of the bytes
   * @param reader reads a value, in place, and all of its bytes; they are no longer valid when it
   *     returns
   */
  public static <T> Codec<T> of(
      String id,
      BiConsumer<? super T, ? super BytesOut<?>> writer,
      Function<? super BytesIn<?>, ? extends T> reader) {
    return new ChronicleCodec<>(id, Object.class, writer, reader);
  }

  /**
   * The bytes that are left to read in a {@link Bytes}, whose position does not move. Decoding
   * copies to the heap, since the value outlives the call. The encoding, the order and the id are
   * those of {@link Codec#bytes}.
   */
  public static Codec<Bytes<?>> bytes() {
    return ChronicleBytesCodec.BYTES;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Class<?> valueType() {
    return type;
  }

  @Override
  public void encode(T value, Sink sink) {
    ChronicleWorkspace workspace = ChronicleWorkspace.take();
    try {
      writer.accept(value, workspace.output());
      workspace.flush(sink);
    } finally {
      workspace.giveBack();
    }
  }

  @Override
  public T decode(Source source) {
    MemorySegment segment = source.segment();
    long length = source.remaining();
    ChronicleWorkspace workspace = ChronicleWorkspace.take();
    try {
      BytesIn<?> input = workspace.input(source);
      T value = reader.apply(input);
      source.skip(source.remaining()); // unless they were copied, which has done so
      source.unread(Math.clamp(input.readRemaining(), 0, length)); // the table reports those
      return value;
    } catch (RuntimeException e) {
      throw new CodecException(
          id, length + " bytes on which its reader fails: " + e, "what it accepts", e);
    } finally {
      workspace.giveBack();
      Reference.reachabilityFence(segment); // Chronicle sees an address only
    }
  }
}
