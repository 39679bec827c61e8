package dev.pando.codec;

import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The accessors and the constructor of a record class. Joins them with the codecs of its components
 * into one method handle for each direction.
 *
 * @param type the record class
 * @param accessors one for each component
 * @param constructor the canonical one
 */
record RecordHandles(Class<?> type, List<MethodHandle> accessors, MethodHandle constructor) {
  private static final MethodType ENCODER = methodType(void.class, Record.class, Sink.class);
  private static final MethodType DECODER = methodType(Record.class, Source.class);
  private static final MethodHandle PUT =
      ofComponent("put", methodType(void.class, Object.class, boolean.class, Sink.class));
  private static final MethodHandle GET =
      ofComponent("get", methodType(Object.class, boolean.class, Source.class));
  private static final MethodHandle IS_EMPTY = isEmpty();

  /** Finds the members of a record class. */
  static RecordHandles of(@Nullable Lookup users, Class<? extends Record> type) {
    try {
      Lookup lookup = MethodHandles.privateLookupIn(type, users == null ? ownLookup(type) : users);
      RecordComponent[] components = type.getRecordComponents();
      MethodHandle[] accessors = new MethodHandle[components.length];
      Class<?>[] types = new Class<?>[components.length];
      for (int i = 0; i < components.length; i++) {
        accessors[i] = lookup.unreflect(components[i].getAccessor());
        types[i] = components[i].getType();
      }
      MethodHandle constructor = lookup.findConstructor(type, methodType(void.class, types));
      return new RecordHandles(type, List.of(accessors), constructor);
    } catch (NoSuchMethodException e) {
      throw new AssertionError(e); // every record has its canonical constructor
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException(whatToWrite(users, type), e);
    }
  }

  /**
   * This module reads no module of the user, nor the class path, until it declares that it does.
   */
  private static Lookup ownLookup(Class<?> type) {
    RecordHandles.class.getModule().addReads(type.getModule());
    return MethodHandles.lookup();
  }

  private static String whatToWrite(@Nullable Lookup users, Class<?> type) {
    String record = "record " + type.getName() + " in " + type.getModule() + " cannot be accessed";
    if (users != null) {
      return record
          + " with the lookup of "
          + users.lookupClass().getName()
          + "; call MethodHandles.lookup() in a class of the record's own module";
    }
    Module own = RecordHandles.class.getModule();
    return record
        + "; write `opens "
        + type.getPackageName()
        + (own.isNamed() ? " to " + own.getName() : "")
        + ";` in its module-info.java, or Codec.record(MethodHandles.lookup(), "
        + type.getSimpleName()
        + ".class) in its module";
  }

  /** A handle of type (Record, Sink)void that encodes the components one after the other. */
  MethodHandle encoder(List<Component<?>> components, boolean nested) {
    MethodHandle encoder = MethodHandles.empty(ENCODER);
    for (int i = components.size() - 1; i >= 0; i--) {
      boolean nestedComponent = nested || i < components.size() - 1;
      MethodHandle step = putter(components.get(i), accessors.get(i), nestedComponent);
      encoder = MethodHandles.foldArguments(encoder, step); // the step first, then the rest
    }
    return encoder;
  }

  /** A handle of type (Record, Sink)void that encodes one component. */
  private static MethodHandle putter(
      Component<?> component, MethodHandle accessor, boolean nested) {
    Class<?> type = accessor.type().returnType();
    PrimitiveHandles primitive = PrimitiveHandles.of(component.codec(), type);
    if (primitive != null) {
      return MethodHandles.filterArguments(primitive.put(component), 0, accessor).asType(ENCODER);
    }
    MethodHandle put = MethodHandles.insertArguments(PUT.bindTo(component), 1, nested);
    MethodHandle boxed = accessor.asType(accessor.type().changeReturnType(Object.class));
    return MethodHandles.filterArguments(put, 0, boxed).asType(ENCODER);
  }

  /**
   * A handle of type (Source)Record that decodes the components one after the other.
   *
   * @param firstMissing the first component before which the source may end
   */
  MethodHandle decoder(List<Component<?>> components, boolean nested, int firstMissing) {
    int arity = components.size();
    MethodHandle[] getters = new MethodHandle[arity];
    for (int i = 0; i < arity; i++) {
      Class<?> parameter = constructor.type().parameterType(i);
      MethodHandle getter = getter(components.get(i), parameter, nested || i < arity - 1);
      getters[i] = i < firstMissing ? getter : orMissing(components.get(i), getter);
    }
    // Filters run from the first argument to the last, each on the one source.
    MethodHandle decoder = MethodHandles.filterArguments(constructor, 0, getters);
    return MethodHandles.permuteArguments(decoder, methodType(type, Source.class), new int[arity])
        .asType(DECODER);
  }

  /** A handle that decodes one component, of type (Source) to the component's type. */
  private static MethodHandle getter(Component<?> component, Class<?> type, boolean nested) {
    PrimitiveHandles primitive = PrimitiveHandles.of(component.codec(), type);
    return primitive != null
        ? primitive.get(component, nested)
        : MethodHandles.insertArguments(GET.bindTo(component), 0, nested)
            .asType(methodType(type, Source.class));
  }

  /** The same handle, which returns the component's default if nothing is left. */
  private static MethodHandle orMissing(Component<?> component, MethodHandle getter) {
    MethodHandle constant = MethodHandles.constant(getter.type().returnType(), component.missing());
    MethodHandle missing = MethodHandles.dropArguments(constant, 0, Source.class);
    return MethodHandles.guardWithTest(IS_EMPTY, missing, getter);
  }

  private static MethodHandle isEmpty() {
    try {
      return MethodHandles.lookup().findVirtual(Source.class, "isEmpty", methodType(boolean.class));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private static MethodHandle ofComponent(String name, MethodType type) {
    try {
      return MethodHandles.lookup().findVirtual(Component.class, name, type);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
