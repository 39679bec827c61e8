package dev.pando.codec;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The shapes of one record, each with more components than the one before, and random rows. */
public final class Shapes {
  /** A component that came later. */
  public enum Colour {
    RED,
    GREEN
  }

  public record One(String name) {}

  public record Two(String name, @Nullable String note) {}

  public record Three(String name, @Nullable String note, @Default("7") int size) {}

  public record Four(
      String name, @Nullable String note, @Default("7") int size, @Default("-\0") String place) {}

  public record Five(
      String name,
      @Nullable String note,
      @Default("7") int size,
      @Default("-\0") String place,
      @Default("GREEN") Colour colour) {}

  public record Six(
      String name,
      @Nullable String note,
      @Default("7") int size,
      @Default("-\0") String place,
      @Default("GREEN") Colour colour,
      @Nullable String down) {}

  public record Seven(
      String name,
      @Nullable String note,
      @Default("7") int size,
      @Default("-\0") String place,
      @Default("GREEN") Colour colour,
      @Nullable String down,
      Inner inner) {}

  public record Inner(int number, String text) {}

  public record Eight(
      String name,
      @Nullable String note,
      @Default("7") int size,
      @Default("-\0") String place,
      @Default("GREEN") Colour colour,
      @Nullable String down,
      Inner inner,
      @Nullable Long last) {}

  /** The values of components that a row does not have. */
  private static final List<@Nullable Object> MISSING =
      Arrays.asList("", null, 7, "-\0", Colour.GREEN, null, null, null);

  private static final String[] TEXTS = {"", "\0", "a", "a\0", "\0\0b", "ab", "\u00ff", "\uffff"};

  private Shapes() {}

  /** How many there are; the first has one component. */
  public static int count() {
    return MISSING.size();
  }

  /** The codec of a shape. */
  public static Codec<Record> codec(int components) {
    Class<? extends Record> type =
        switch (components) {
          case 1 -> One.class;
          case 2 -> Two.class;
          case 3 -> Three.class;
          case 4 -> Four.class;
          case 5 -> Five.class;
          case 6 -> Six.class;
          case 7 -> Seven.class;
          default -> Eight.class;
        };
    return record(type, Arrays.copyOf(codecs(), components));
  }

  private static Codec<?>[] codecs() {
    return new Codec<?>[] {
      Codec.utf8(),
      Codec.nullable(Codec.utf8()),
      Codec.i32(),
      Codec.utf8(),
      EnumCodec.of(Colour.class),
      Codec.descending(Codec.nullable(Codec.utf8())),
      Codec.nullable(Codec.record(Inner.class)),
      Codec.nullable(Codec.i64())
    };
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the values are of this record class
  private static Codec<Record> record(Class<? extends Record> type, Codec<?>... codecs) {
    return Codec.record((Class) type, codecs);
  }

  /** The values of a random row. */
  public static List<@Nullable Object> random(int components, Random random) {
    List<@Nullable Object> values = new ArrayList<>();
    values.add(text(random));
    values.add(random.nextInt(3) == 0 ? null : text(random));
    values.add(random.nextInt());
    values.add(text(random));
    values.add(random.nextBoolean() ? Colour.RED : Colour.GREEN);
    values.add(random.nextInt(3) == 0 ? null : text(random));
    values.add(random.nextInt(3) == 0 ? null : new Inner(random.nextInt(3), text(random)));
    values.add(random.nextInt(3) == 0 ? null : random.nextLong());
    return values.subList(0, components);
  }

  private static String text(Random random) {
    return TEXTS[random.nextInt(TEXTS.length)] + TEXTS[random.nextInt(TEXTS.length)];
  }

  /** The record of some values. */
  public static Record row(List<@Nullable Object> v) {
    String name = (String) v.get(0);
    return switch (v.size()) {
      case 1 -> new One(name);
      case 2 -> new Two(name, (String) v.get(1));
      case 3 -> new Three(name, (String) v.get(1), (int) v.get(2));
      case 4 -> new Four(name, (String) v.get(1), (int) v.get(2), (String) v.get(3));
      case 5 ->
          new Five(name, (String) v.get(1), (int) v.get(2), (String) v.get(3), (Colour) v.get(4));
      case 6 ->
          new Six(
              name,
              (String) v.get(1),
              (int) v.get(2),
              (String) v.get(3),
              (Colour) v.get(4),
              (String) v.get(5));
      case 7 ->
          new Seven(
              name,
              (String) v.get(1),
              (int) v.get(2),
              (String) v.get(3),
              (Colour) v.get(4),
              (String) v.get(5),
              (Inner) v.get(6));
      default ->
          new Eight(
              name,
              (String) v.get(1),
              (int) v.get(2),
              (String) v.get(3),
              (Colour) v.get(4),
              (String) v.get(5),
              (Inner) v.get(6),
              (Long) v.get(7));
    };
  }

  /** The values as a later shape has them. */
  public static List<@Nullable Object> grown(List<@Nullable Object> values, int components) {
    List<@Nullable Object> grown = new ArrayList<>(values);
    grown.addAll(MISSING.subList(values.size(), components));
    return grown;
  }

  /** The values of a row. */
  public static List<@Nullable Object> values(Record row) {
    List<@Nullable Object> values = new ArrayList<>();
    try {
      for (RecordComponent component : row.getClass().getRecordComponents()) {
        values.add(component.getAccessor().invoke(row));
      }
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
    return values;
  }
}
