package dev.pando.codec;

import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The methods of {@link NumberCodecs} without boxing, for record components of a primitive type.
 *
 * @param put (codec, primitive, Sink)void
 * @param get (codec, boolean nested, Source)primitive
 */
record PrimitiveHandles(MethodHandle put, MethodHandle get) {
  private static final Map<Class<?>, Class<?>> PRIMITIVES =
      Map.of(
          NumberCodecs.Longs.class, long.class,
          NumberCodecs.Ints.class, int.class,
          NumberCodecs.Shorts.class, short.class,
          NumberCodecs.Bytes.class, byte.class,
          NumberCodecs.Chars.class, char.class,
          NumberCodecs.Floats.class, float.class,
          NumberCodecs.Doubles.class, double.class,
          NumberCodecs.Booleans.class, boolean.class);

  private static final MethodHandle IN = componentIn();

  /** The handles of a component's codec; null if it has none that take this type. */
  static @Nullable PrimitiveHandles of(Codec<?> codec, Class<?> type) {
    Class<?> owner = codec.getClass();
    if (PRIMITIVES.get(owner) != type) {
      return null;
    }
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      return new PrimitiveHandles(
          lookup.findVirtual(owner, "putPrimitive", methodType(void.class, type, Sink.class)),
          lookup.findVirtual(
              owner, "decodePrimitive", methodType(type, boolean.class, Source.class)));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  /** (primitive, Sink)void. */
  MethodHandle put(Component<?> component) {
    return put.bindTo(component.codec());
  }

  /** (Source)primitive, with the component's name in its exceptions. */
  MethodHandle get(Component<?> component, boolean nested) {
    MethodHandle plain = MethodHandles.insertArguments(get, 0, component.codec(), nested);
    MethodHandle rethrow =
        MethodHandles.throwException(plain.type().returnType(), CodecException.class);
    return MethodHandles.catchException(
        plain,
        CodecException.class,
        MethodHandles.filterArguments(rethrow, 0, IN.bindTo(component)));
  }

  private static MethodHandle componentIn() {
    try {
      return MethodHandles.lookup()
          .findVirtual(
              Component.class, "in", methodType(CodecException.class, CodecException.class));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
