package dev.pando.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records. The last component of a row has a form of its own, {@link RowEndCodec#last}. The four
 * method handles are compiled from the record's shape once, so that a primitive component goes from
 * the accessor to the sink, and from the source to the constructor, unboxed.
 *
 * @param <R> the record class
 */
final class RecordCodec<R extends Record> extends CompositeCodec<R> {
  private final Class<R> type;
  private final RowShape shape;
  private final RecordHandles handles;

  /** Whether the nested form may be the whole one, if it is all that is left. */
  private final boolean readsEither;

  private final MethodHandle putWhole; // (Record, Sink)void
  private final MethodHandle putNested; // (Record, Sink)void
  private final MethodHandle getWhole; // (Source)Record
  private final MethodHandle getNested; // (Source)Record

  /** Made when it is first asked for. */
  private volatile @Nullable RecordCodec<R> either;

  private RecordCodec(Class<R> type, RowShape shape, RecordHandles handles, boolean readsEither) {
    super(shape.id(), shape.written());
    this.type = type;
    this.shape = shape;
    this.handles = handles;
    this.readsEither = readsEither;
    List<Component<?>> nested = readsEither ? shape.endingEither() : shape.given();
    this.putWhole = handles.encoder(shape.written(), false);
    this.putNested = handles.encoder(shape.given(), true);
    this.getWhole = handles.decoder(shape.read(), false, shape.firstMissing());
    this.getNested = handles.decoder(nested, true, nested.size());
  }

  /**
   * @param lookup the user's, or null for records that Pando can access itself
   * @param codecs one for each component, or none to choose them by type
   */
  static <R extends Record> Codec<R> of(
      MethodHandles.@Nullable Lookup lookup, Class<R> type, Codec<?>... codecs) {
    if (codecs.length > 0) {
      return of(lookup, type, RecordComponents.given(type, codecs));
    }
    RecordComponents.refuseOther(type);
    @SuppressWarnings("unchecked") // the codec of this class
    Codec<R> codec = (Codec<R>) new TypeCodecs(lookup).ofClass(type);
    return codec;
  }

  static <R extends Record> Codec<R> of(
      MethodHandles.@Nullable Lookup lookup, Class<R> type, List<Component<?>> components) {
    RowShape shape = new RowShape(components, components.size());
    return new RecordCodec<>(type, shape, RecordHandles.of(lookup, type), false);
  }

  RowShape shape() {
    return shape;
  }

  @Override
  public boolean reads(String storedId) {
    return id().equals(storedId) || shape.reads(storedId);
  }

  @Override
  public @Nullable Codec<R> last() {
    return shape.isEndable() ? this : null;
  }

  @Override
  public @Nullable Codec<R> either() {
    if (readsEither || shape.isPlain()) {
      return this;
    }
    if (!shape.isEndable()) {
      return null;
    }
    RecordCodec<R> made = either;
    if (made == null) {
      made = new RecordCodec<>(type, shape, handles, true);
      either = made;
    }
    return made;
  }

  @Override
  public Class<?> valueType() {
    return type;
  }

  @Override
  public @Nullable Codec<?> component(String name) {
    for (Component<?> component : shape.given()) {
      if (component.name().equals(name)) {
        return component.codec();
      }
    }
    return null;
  }

  @Override
  void encode(R value, boolean nested, Sink sink) {
    try {
      if (nested) {
        putNested.invokeExact((Record) value, sink);
      } else {
        putWhole.invokeExact((Record) value, sink);
      }
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  @Override
  R decode(boolean nested, Source source) {
    try {
      Record value =
          nested ? (Record) getNested.invokeExact(source) : (Record) getWhole.invokeExact(source);
      return type.cast(value);
    } catch (CodecException e) {
      throw e;
    } catch (RuntimeException e) { // thrown by the record's constructor for values that it refuses
      throw new CodecException(
          id(), "components that " + type.getName() + " refuses: " + e, "what it accepts", e);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** Neither accessors nor canonical constructors can declare a checked exception. */
  private static RuntimeException unchecked(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }
}
