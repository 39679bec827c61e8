package dev.pando.cli;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Set;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.DataType;
import org.h2.mvstore.type.LongDataType;
import org.h2.mvstore.type.ObjectDataType;
import org.h2.mvstore.type.StringDataType;

/**
 * Reads keys or values of an MVStore map. A file does not say with which type a map was written, so
 * a type that is tried checks that the values of a page end where the page does.
 */
final class MvType extends BasicDataType<Object> {
  /** The types of MVStore that programs use. */
  enum Stored {
    OBJECTS(new Objects()),
    STRINGS(StringDataType.INSTANCE),
    LONGS(LongDataType.INSTANCE),
    BYTES(ByteArrayDataType.INSTANCE);

    @SuppressWarnings("ImmutableEnumChecker") // MVStore's own
    private final DataType<?> type;

    Stored(DataType<?> type) {
      this.type = type;
    }

    /** The name in a message. */
    String words() {
      return this == BYTES ? "byte arrays" : name().toLowerCase(Locale.ROOT);
    }
  }

  /** Objects, but none that Java's serialisation or a class by its name would make. */
  private static final class Objects extends ObjectDataType {
    private static final int ARRAY = 14;
    private static final int SERIALIZED = 19;

    /** boolean, byte, short, char, int, long, float, double. */
    private static final int LAST_PRIMITIVE = 7;

    private static final Set<Integer> NOT_MADE = Set.of(15, 16, 17, 18);

    @Override
    public Object read(ByteBuffer from) {
      int tag = from.get(from.position());
      if (tag == SERIALIZED) {
        throw new Unreadable("objects in Java's serialisation");
      }
      if (tag == ARRAY) {
        int component = from.get(from.position() + 1);
        if (component < 0 || component > LAST_PRIMITIVE) {
          throw new Unreadable("arrays of objects");
        }
      }
      if (NOT_MADE.contains(tag)) {
        throw new IllegalStateException("tag " + tag);
      }
      Object value = super.read(from);
      if (value == null) {
        throw new IllegalStateException("null");
      }
      return value;
    }
  }

  private final DataType<Object> type;
  private final boolean isValues;

  @SuppressWarnings("unchecked")
  MvType(Stored stored, boolean isValues) {
    this.type = (DataType<Object>) stored.type;
    this.isValues = isValues;
  }

  @Override
  public Object read(ByteBuffer from) {
    return type.read(from);
  }

  @Override
  public void read(ByteBuffer from, Object storage, int length) {
    super.read(from, storage, length);
    if (isValues && from.hasRemaining()) {
      throw new IllegalStateException(from.remaining() + " bytes are left of a page");
    }
  }

  @Override
  public int compare(Object a, Object b) {
    return type.compare(a, b);
  }

  @Override
  public Object[] createStorage(int size) {
    return new Object[size];
  }

  /** Nothing is cached by it. */
  @Override
  public int getMemory(Object value) {
    return 0;
  }

  @Override
  public void write(WriteBuffer to, Object value) {
    throw new UnsupportedOperationException("the map is read");
  }
}
