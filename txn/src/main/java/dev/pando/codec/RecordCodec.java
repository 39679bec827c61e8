package dev.pando.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Records. The four method handles are compiled from the record's shape once, so that a primitive
 * component goes from the accessor to the sink, and from the source to the constructor, unboxed.
 *
 * @param <R> the record class
 */
final class RecordCodec<R extends Record> extends CompositeCodec<R> {
  private final Class<R> type;
  private final MethodHandle putWhole; // (Record, Sink)void
  private final MethodHandle putNested; // (Record, Sink)void
  private final MethodHandle getWhole; // (Source)Record
  private final MethodHandle getNested; // (Source)Record

  private RecordCodec(Class<R> type, List<Component<?>> components, RecordHandles handles) {
    super(idOf(components), components);
    this.type = type;
    this.putWhole = handles.encoder(components, false);
    this.putNested = handles.encoder(components, true);
    this.getWhole = handles.decoder(components, false);
    this.getNested = handles.decoder(components, true);
  }

  /**
   * @param lookup the user's, or null for records that Pando can access itself
   * @param codecs one for each component, or none to choose them by type
   */
  static <R extends Record> Codec<R> of(
      MethodHandles.@Nullable Lookup lookup, Class<R> type, Codec<?>... codecs) {
    return of(
        lookup,
        type,
        codecs.length == 0
            ? RecordComponents.byType(lookup, type)
            : RecordComponents.given(type, codecs));
  }

  static <R extends Record> Codec<R> of(
      MethodHandles.@Nullable Lookup lookup, Class<R> type, List<Component<?>> components) {
    return new RecordCodec<>(type, components, RecordHandles.of(lookup, type));
  }

  private static String idOf(List<Component<?>> components) {
    return components.stream()
        .map(component -> component.name() + ":" + component.codec().id())
        .collect(Collectors.joining(",", "record(", ")"));
  }

  @Override
  public Class<?> valueType() {
    return type;
  }

  @Override
  public @Nullable Codec<?> component(String name) {
    for (Component<?> component : components()) {
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
