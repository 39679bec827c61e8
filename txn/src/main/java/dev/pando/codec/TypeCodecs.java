package dev.pando.codec;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which codec encodes which type: one pass over a record, and over the types in it. */
final class TypeCodecs {
  private static final Map<Class<?>, Codec<?>> BY_CLASS =
      Map.ofEntries(
          Map.entry(long.class, NumberCodecs.I64),
          Map.entry(Long.class, NumberCodecs.I64),
          Map.entry(int.class, NumberCodecs.I32),
          Map.entry(Integer.class, NumberCodecs.I32),
          Map.entry(short.class, NumberCodecs.I16),
          Map.entry(Short.class, NumberCodecs.I16),
          Map.entry(byte.class, NumberCodecs.I8),
          Map.entry(Byte.class, NumberCodecs.I8),
          Map.entry(char.class, NumberCodecs.CHAR),
          Map.entry(Character.class, NumberCodecs.CHAR),
          Map.entry(double.class, NumberCodecs.F64),
          Map.entry(Double.class, NumberCodecs.F64),
          Map.entry(float.class, NumberCodecs.F32),
          Map.entry(Float.class, NumberCodecs.F32),
          Map.entry(boolean.class, NumberCodecs.BOOL),
          Map.entry(Boolean.class, NumberCodecs.BOOL),
          Map.entry(String.class, Utf8Codec.UTF8),
          Map.entry(BigInteger.class, BigIntegerCodec.INTEGERS),
          Map.entry(BigDecimal.class, BigDecimalCodec.DECIMALS),
          Map.entry(UUID.class, UuidCodec.UUIDS),
          Map.entry(URI.class, MappedCodec.URIS),
          Map.entry(Instant.class, InstantCodec.INSTANTS),
          Map.entry(Duration.class, TimeCodec.DURATION),
          Map.entry(LocalDate.class, TimeCodec.DATE),
          Map.entry(LocalTime.class, TimeCodec.TIME),
          Map.entry(LocalDateTime.class, TimeCodec.DATE_TIME),
          Map.entry(OffsetDateTime.class, TimeCodec.OFFSET),
          Map.entry(ZonedDateTime.class, TimeCodec.ZONED),
          Map.entry(byte[].class, BytesCodec.BYTES),
          Map.entry(long[].class, new PrimitiveArrayCodec.Longs()),
          Map.entry(int[].class, new PrimitiveArrayCodec.Ints()),
          Map.entry(short[].class, new PrimitiveArrayCodec.Shorts()),
          Map.entry(char[].class, new PrimitiveArrayCodec.Chars()),
          Map.entry(double[].class, new PrimitiveArrayCodec.Doubles()),
          Map.entry(float[].class, new PrimitiveArrayCodec.Floats()),
          Map.entry(boolean[].class, new PrimitiveArrayCodec.Booleans()));

  private static final String WHAT_EXISTS =
      "there are codecs for int, long, short, byte, char, double, float, boolean and their boxes,"
          + " String, BigInteger, BigDecimal, UUID, URI, Instant, Duration, LocalDate, LocalTime,"
          + " LocalDateTime, OffsetDateTime, ZonedDateTime, enums, records, sealed interfaces of"
          + " them, and Optional, List, Set, Map and arrays of these; or give the codecs of all"
          + " components";

  private final MethodHandles.@Nullable Lookup lookup;

  /** Codecs in each other, at most: fewer than in ids that can be parsed. */
  private static final int MAX_AROUND = 60;

  /** Characters of an id, at most; types that are in each other in many ways make more. */
  private static final int MAX_ID = 0xFFFF;

  /**
   * A record or a sealed interface around the type that is looked at.
   *
   * @param containers the containers around it
   */
  private record Around(
      Class<?> type,
      Map<TypeVariable<?>, Bound> variables,
      int containers,
      SelfCodec.Target target) {}

  /** From the outermost to the innermost one. */
  private final List<Around> around = new ArrayList<>();

  /** Optionals, collections and arrays around the type that is looked at. */
  private int containers;

  TypeCodecs(MethodHandles.@Nullable Lookup lookup) {
    this.lookup = lookup;
  }

  /** A type, with the types that the variables in it mean. */
  private record Bound(Type type, Map<TypeVariable<?>, Bound> variables) {
    Bound in(Type part) {
      return new Bound(part, variables);
    }
  }

  /**
   * The codec of a class.
   *
   * @throws IllegalArgumentException if there is none
   */
  Codec<?> ofClass(Class<?> type) {
    return codec(new Bound(type, Map.of()), type.getTypeName());
  }

  /** The codec of a class of arrays. */
  static <A> Codec<A> ofArray(Class<A> type) {
    if (!type.isArray()) {
      throw new IllegalArgumentException(type.getTypeName() + " is no class of arrays");
    }
    @SuppressWarnings("unchecked") // the codec of this class
    Codec<A> codec = (Codec<A>) new TypeCodecs(null).ofClass(type);
    return codec;
  }

  private List<Component<?>> components(
      Class<? extends Record> type, Map<TypeVariable<?>, Bound> variables) {
    List<Component<?>> components = new ArrayList<>();
    long characters = 0;
    for (RecordComponent declared : RecordComponents.declared(type)) {
      String where = "record " + type.getName() + " component " + declared.getName();
      Codec<?> codec = codec(new Bound(declared.getGenericType(), variables), where);
      components.add(RecordComponents.component(type, declared, codec));
      characters = longer(type, characters, codec);
    }
    return List.copyOf(components);
  }

  private Codec<?> codec(Bound bound, String where) {
    return switch (bound.type()) {
      case Class<?> type -> ofClass(type, Map.of(), where);
      case ParameterizedType type -> ofGeneric(type, bound, where);
      case GenericArrayType type ->
          new ObjectArrayCodec<>(
              erased(bound.in(type.getGenericComponentType())),
              inside(bound.in(type.getGenericComponentType()), where));
      case WildcardType type -> codec(bound.in(type.getUpperBounds()[0]), where);
      case TypeVariable<?> type -> {
        Bound known = bound.variables().get(type);
        yield codec(known == null ? bound.in(type.getBounds()[0]) : known, where);
      }
      default -> throw refused(bound.type(), where);
    };
  }

  /** The class of a type without its arguments. */
  private static Class<?> erased(Bound bound) {
    return switch (bound.type()) {
      case Class<?> type -> type;
      case ParameterizedType type -> (Class<?>) type.getRawType();
      case GenericArrayType type -> erased(bound.in(type.getGenericComponentType())).arrayType();
      case WildcardType type -> erased(bound.in(type.getUpperBounds()[0]));
      case TypeVariable<?> type -> {
        Bound known = bound.variables().get(type);
        yield erased(known == null ? bound.in(type.getBounds()[0]) : known);
      }
      default -> Object.class;
    };
  }

  private Codec<?> ofGeneric(ParameterizedType type, Bound bound, String where) {
    Class<?> raw = (Class<?>) type.getRawType();
    Type[] arguments = type.getActualTypeArguments();
    if (raw == Optional.class) {
      return Codec.optional(inside(bound.in(arguments[0]), where));
    }
    if (raw == List.class) {
      return new ListCodec<>(inside(bound.in(arguments[0]), where));
    }
    if (raw == Set.class) {
      return new SetCodec<>(inside(bound.in(arguments[0]), where));
    }
    if (raw == Map.class) {
      Codec<?> key = inside(bound.in(arguments[0]), where);
      return new MapCodec<>(key, inside(bound.in(arguments[1]), where));
    }
    Map<TypeVariable<?>, Bound> variables = new HashMap<>();
    TypeVariable<?>[] parameters = raw.getTypeParameters();
    for (int i = 0; i < parameters.length; i++) {
      variables.put(parameters[i], known(bound.in(arguments[i])));
    }
    return ofClass(raw, variables, where);
  }

  /** The same type in one form, so that equal arguments of records are equal. */
  private static Bound known(Bound bound) {
    Bound known = bound.type() instanceof TypeVariable<?> v ? bound.variables().get(v) : null;
    if (known != null) {
      return known;
    }
    return hasNoVariables(bound.type()) ? new Bound(bound.type(), Map.of()) : bound;
  }

  private static boolean hasNoVariables(Type type) {
    return type instanceof Class<?>
        || (type instanceof ParameterizedType generic
            && Arrays.stream(generic.getActualTypeArguments())
                .allMatch(TypeCodecs::hasNoVariables));
  }

  /** The codec of what a container has in it. */
  private Codec<?> inside(Bound bound, String where) {
    if (around.size() + containers >= MAX_AROUND) {
      throw tooDeep(where);
    }
    containers++;
    Codec<?> codec = codec(bound, where);
    containers--;
    return codec;
  }

  private Codec<?> ofClass(Class<?> type, Map<TypeVariable<?>, Bound> variables, String where) {
    Codec<?> known = BY_CLASS.get(type);
    if (known != null) {
      return known;
    }
    if (type.isEnum()) {
      return EnumCodec.of(type);
    }
    if (type.isRecord() || (type.isSealed() && type.isInterface())) {
      for (int i = around.size() - 1; i >= 0; i--) {
        Around each = around.get(i);
        if (each.type == type && each.variables.equals(variables)) {
          return self(each, i);
        }
      }
      return ofParts(type, variables, where);
    }
    if (type.isArray()) {
      Class<?> element = type.getComponentType();
      return new ObjectArrayCodec<>(element, inside(new Bound(element, Map.of()), where));
    }
    throw refused(type, where);
  }

  private Codec<?> ofParts(Class<?> type, Map<TypeVariable<?>, Bound> variables, String where) {
    if (around.size() + containers >= MAX_AROUND) {
      throw tooDeep(type.getName());
    }
    Around mine = new Around(type, variables, containers, new SelfCodec.Target());
    around.add(mine);
    Codec<?> made;
    if (type.isRecord()) {
      Class<? extends Record> record = type.asSubclass(Record.class);
      made = RecordCodec.of(lookup, record, components(record, variables));
    } else {
      long[] characters = new long[1];
      made =
          SealedCodec.of(
              type,
              subtype -> {
                Codec<?> part = ofClass(subtype, Map.of(), where);
                characters[0] = longer(type, characters[0], part);
                return part;
              });
    }
    around.removeLast();
    mine.target.set(made);
    long _ = longer(type, 0, made);
    return made;
  }

  /**
   * Adds the characters of an id that is a part of another one. Refuses a sum that is too long
   * before all parts are made: of eight records that each contain all others there are 13,700. They
   * cannot be made once and used again, because the id of a part depends on what is around it.
   */
  private static long longer(Class<?> type, long before, Codec<?> part) {
    long characters = before + part.id().length();
    if (characters > MAX_ID) {
      throw new IllegalArgumentException(
          "%s: codec id length=%d or more, allowed at most %d characters; give the codec of a part with Codec.of"
              .formatted(type.getName(), characters, MAX_ID));
    }
    return characters;
  }

  /**
   * The codec of values inside of others of their own type. If nothing but records is between the
   * two, each value would have one in it without end: so the innermost one has null.
   */
  private Codec<?> self(Around outer, int index) {
    int level = around.size() - index;
    int inContainers = containers - outer.containers;
    boolean isEndless =
        inContainers == 0
            && around.subList(index, around.size()).stream().allMatch(a -> a.type.isRecord());
    int codecs = level + inContainers + (isEndless ? 1 : 0);
    SelfCodec<Object> self = new SelfCodec<>(level, codecs, outer.target, outer.type);
    return isEndless ? Codec.nullable(self) : self;
  }

  private static IllegalArgumentException tooDeep(String what) {
    return new IllegalArgumentException(
        "%s is nested deeper than %d, perhaps in itself with other type arguments each time; give its codec with Codec.of"
            .formatted(what, MAX_AROUND));
  }

  private static IllegalArgumentException refused(Type type, String where) {
    return new IllegalArgumentException(
        where + ": no codec for " + type.getTypeName() + "; " + WHAT_EXISTS);
  }
}
