package dev.pando;

import dev.pando.codec.Codec;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;
import org.jspecify.annotations.Nullable;

/**
 * Finds which component of a record a method reference names. The serialized form of a method
 * reference has the name of its method. Serialization gets at that form also in modules that are
 * not open to this one.
 */
final class Accessors {
  private Accessors() {}

  /** The name of the component that a method reference reads. */
  static String component(Table<?, ?> table, String index, IndexFunction<?, ?> accessor) {
    SerializedLambda form = Form.of(accessor);
    if (form != null
        && form.getImplMethodKind() == MethodHandleInfo.REF_invokeVirtual
        && form.getImplMethodSignature().startsWith("()")
        && form.getInstantiatedMethodType().startsWith("(L" + form.getImplClass() + ";)")
        && table.valueCodec().component(form.getImplMethodName()) != null) {
      return form.getImplMethodName();
    }
    throw new IllegalArgumentException(
        "index %s of table %s: %s is no reference to an accessor of a component of %s; write it as Type::component, or give a codec, an id and a function"
            .formatted(
                index,
                table.name(),
                form == null ? accessor : form.getImplMethodName(),
                table.valueCodec().id()));
  }

  /** The codec of a component that {@link #component} has found. */
  @SuppressWarnings("unchecked") // the accessor returns values of the component's type
  static <I> Codec<I> codec(Table<?, ?> table, String component) {
    Codec<?> codec = table.valueCodec().component(component);
    if (codec == null) {
      throw new AssertionError(component);
    }
    return (Codec<I>) codec;
  }

  /** Serializes into nothing, and keeps what a method reference was replaced by. */
  private static final class Form extends ObjectOutputStream {
    private @Nullable SerializedLambda found;

    private Form() throws IOException {
      super(OutputStream.nullOutputStream());
      boolean _ = enableReplaceObject(true);
    }

    static @Nullable SerializedLambda of(Serializable function) {
      try (Form form = new Form()) {
        form.writeObject(function);
        return form.found;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    protected @Nullable Object replaceObject(Object object) {
      if (object instanceof SerializedLambda form) {
        found = form;
      }
      return null; // what it has captured need not be serializable
    }
  }
}
