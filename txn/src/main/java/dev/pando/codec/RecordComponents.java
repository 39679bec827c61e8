package dev.pando.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
      if (!canMeet(declared[i].getType(), codecs[i].valueType())) {
        throw new IllegalArgumentException(
            "record "
                + type.getName()
                + " component "
                + declared[i].getName()
                + " is of "
                + declared[i].getType().getTypeName()
                + ", but the values of its codec "
                + codecs[i].id()
                + " are of "
                + codecs[i].valueType().getTypeName()
                + "; give the codec of the component's type");
      }
      components.add(new Component<>(declared[i].getName(), codecs[i]));
    }
    return List.copyOf(components);
  }

  /** The components with the codecs of their types. */
  static List<Component<?>> byType(
      MethodHandles.@Nullable Lookup lookup, Class<? extends Record> type) {
    return new TypeCodecs(lookup).components(type);
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
