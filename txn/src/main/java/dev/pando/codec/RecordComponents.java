package dev.pando.codec;

import java.lang.invoke.MethodType;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which codec encodes which component of a record. */
final class RecordComponents {
  private RecordComponents() {}

  /** The components with the codecs that the user gave. */
  static List<Component<?>> given(Class<? extends Record> type, Codec<?>... codecs) {
    RecordComponent[] declared = declared(type);
    if (codecs.length != declared.length) {
      throw new IllegalArgumentException(
          "record "
              + type.getName()
              + " has "
              + declared.length
              + " components, but "
              + codecs.length
              + " codecs are given");
    }
    List<Component<?>> components = new ArrayList<>();
    for (int i = 0; i < declared.length; i++) {
      refuseOther(type, declared[i], codecs[i]);
      StoredId.checkWhole(
          "record " + type.getName() + " component " + declared[i].getName(), codecs[i]);
      components.add(component(type, declared[i], codecs[i]));
    }
    return List.copyOf(components);
  }

  /** Refuses {@code Record} itself. */
  static void refuseOther(Class<? extends Record> type) {
    RecordComponent[] _ = declared(type);
  }

  private static void refuseOther(Class<?> owner, RecordComponent declared, Codec<?> codec) {
    if (!canMeet(declared.getType(), codec.valueType())) {
      throw new IllegalArgumentException(
          "record "
              + owner.getName()
              + " component "
              + declared.getName()
              + " is of "
              + declared.getType().getTypeName()
              + ", but the values of its codec "
              + codec.id()
              + " are of "
              + codec.valueType().getTypeName()
              + "; give the codec of the component's type");
    }
  }

  /** A component of a record; it may be missing if it is nullable or has a default. */
  static <T> Component<?> component(Class<?> owner, RecordComponent declared, Codec<T> codec) {
    String name = declared.getName();
    Default given = declared.getAnnotation(Default.class);
    if (given != null) {
      return withDefault(owner, declared, given.value(), codec);
    }
    if (codec instanceof OptionalCodec) {
      return new Component<>(name, codec, true, Optional.empty());
    }
    boolean isOptional =
        codec.takesNull() && RowEnd.isNeverEmpty(codec) && !declared.getType().isPrimitive();
    return new Component<>(name, codec, isOptional, null);
  }

  private static <T> Component<?> withDefault(
      Class<?> owner, RecordComponent declared, String text, Codec<T> codec) {
    String where =
        "record " + owner.getName() + " component " + declared.getName() + ": @Default(\"" + text;
    if (!RowEnd.isNeverEmpty(codec) && !(codec instanceof BytesCodec)) {
      throw new IllegalArgumentException(
          where
              + "\") with codec "
              + codec.id()
              + ", which may write no byte, as a missing component does; use Codec.nullable");
    }
    try {
      Object value = DefaultText.parse(text, declared.getType());
      Component<T> component = new Component<>(declared.getName(), codec, true, value);
      component.putAny(value, false, new Sink()); // refuses what is no value of the codec
      return component;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          where + "\") is no " + declared.getType().getTypeName() + ": " + e.getMessage(), e);
    }
  }

  static RecordComponent[] declared(Class<? extends Record> type) {
    RecordComponent[] declared = type.getRecordComponents();
    if (declared == null) {
      throw new IllegalArgumentException(type.getName() + " is no record class");
    }
    return declared;
  }

  /** Whether an object can be of both types; a primitive type counts as its box. */
  static boolean canMeet(Class<?> a, Class<?> b) {
    Class<?> first = MethodType.methodType(a).wrap().returnType();
    Class<?> second = MethodType.methodType(b).wrap().returnType();
    return first.isAssignableFrom(second)
        || second.isAssignableFrom(first)
        || (first.isInterface() && !Modifier.isFinal(second.getModifiers()))
        || (second.isInterface() && !Modifier.isFinal(first.getModifiers()));
  }
}
