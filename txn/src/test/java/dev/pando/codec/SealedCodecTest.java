package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.invoke.MethodHandles;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import org.junit.jupiter.api.Test;

/** Sealed interfaces of records. */
class SealedCodecTest {
  sealed interface Shape permits Circle, Flat, Nothing {}

  record Circle(double radius) implements Shape {}

  sealed interface Flat extends Shape permits Rectangle, Dot {}

  record Rectangle(int width, int height) implements Flat {}

  record Dot() implements Flat {}

  enum Nothing implements Shape {
    NONE,
    NULL
  }

  private static final Codec<Shape> SHAPES = Codec.sealed(Shape.class);

  private static Shape shape(int kind, int number) {
    return switch (kind & 3) {
      case 0 -> new Circle(number / 2.0);
      case 1 -> new Rectangle(number, -number);
      case 2 -> new Dot();
      default -> number < 0 ? Nothing.NONE : Nothing.NULL;
    };
  }

  /** By the name of the class, and then as its own codec. */
  private static int order(Shape a, Shape b) {
    String first = nameOf(a);
    int names = first.compareTo(nameOf(b));
    if (names != 0) {
      return names;
    }
    return switch (a) {
      case Circle circle -> Double.compare(circle.radius(), ((Circle) b).radius());
      case Rectangle rectangle -> Integer.compare(rectangle.width(), ((Rectangle) b).width());
      case Dot _ -> 0;
      case Nothing nothing -> nothing.name().compareTo(((Nothing) b).name());
    };
  }

  private static String nameOf(Shape shape) {
    return shape instanceof Nothing ? "Nothing" : shape.getClass().getSimpleName();
  }

  @Property
  @Tag("scaled")
  void order(@ForAll int a, @ForAll int b, @ForAll int c, @ForAll int d) {
    CodecLaws.check(SHAPES, SealedCodecTest::order, shape(a, c), shape(b, d));
    Codec<List<Shape>> list = CollectionCodec.list(SHAPES);
    List<Shape> shapes = List.of(shape(a, c), shape(b, d), shape(c, a));
    assertThat(list.decode(CodecLaws.source(CodecLaws.whole(list, shapes)))).isEqualTo(shapes);
  }

  @Test
  void idAndBytes() {
    assertThat(SHAPES.id())
        .isEqualTo(
            "sealed(Circle:record(radius:f64),Dot:record(),Nothing:enum,"
                + "Rectangle:record(width:i32,height:i32))");
    assertThat(HexFormat.of().formatHex(CodecLaws.whole(SHAPES, new Dot())))
        .isEqualTo("446f740000");
    assertThat(Codec.sealed(MethodHandles.lookup(), Shape.class).ordered()).isTrue();
  }

  /** The same program, before and after it was changed. */
  static final class Before {
    sealed interface Event permits Put, Delete {}

    record Put(String key, int value) implements Event {}

    record Delete(String key) implements Event {}
  }

  static final class After {
    sealed interface Event permits Clear, Put, Delete {}

    record Clear() implements Event {}

    record Put(String key, int value) implements Event {}

    record Delete(String key, @Default("7") long reason) implements Event {}
  }

  static final class Strict {
    sealed interface Event permits Put, Delete {}

    record Put(String key, int value) implements Event {}

    record Delete(String key, long reason) implements Event {}
  }

  private static final Codec<Before.Event> BEFORE = Codec.sealed(Before.Event.class);
  private static final Codec<After.Event> AFTER = Codec.sealed(After.Event.class);

  @Test
  void aPermittedClassIsAdded() {
    byte[] old = CodecLaws.whole(BEFORE, new Before.Put("a", 1));
    assertThat(AFTER.decode(CodecLaws.source(old))).isEqualTo(new After.Put("a", 1));
    byte[] added = CodecLaws.whole(AFTER, new After.Clear());
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> BEFORE.decode(CodecLaws.source(added)))
        .withMessage(
            "codec sealed(Delete:record(key:utf8),Put:record(key:utf8,value:i32)): found class"
                + " Clear, allowed what dev.pando.codec.SealedCodecTest$Before$Event permits");
  }

  @Test
  void aClassGetsComponents() {
    byte[] old = CodecLaws.whole(BEFORE, new Before.Delete("a"));
    assertThat(AFTER.decode(CodecLaws.source(old))).isEqualTo(new After.Delete("a", 7));
    assertThat(AFTER.reads(BEFORE.id())).isTrue();
    assertThat(BEFORE.reads(AFTER.id())).isFalse();
    String both = StoredId.beside(AFTER, BEFORE.id());
    assertThat(both)
        .isEqualTo(
            "sealed(Clear:record(),Delete:record(key:utf8;reason:i64),"
                + "Put:record(key:utf8,value:i32))");
    assertThat(AFTER.reads(both)).isTrue();
    assertThat(StoredId.beside(AFTER, both)).isEqualTo(both);
    assertThat(StoredId.problem(AFTER, both)).isNull();
    Codec<Object> parsed = Codec.parse(both);
    assertThat(parsed.decode(CodecLaws.source(old))).hasToString("Delete{key=a}");
    assertThat(CodecLaws.whole(parsed, parsed.decode(CodecLaws.source(old)))).isEqualTo(old);
    Codec<Strict.Event> strict = Codec.sealed(Strict.Event.class);
    assertThat(strict.reads(BEFORE.id())).isFalse();
    assertThat(StoredId.problem(strict, BEFORE.id()))
        .isEqualTo(
            "class Delete: component reason is missing in them: give it Codec.nullable or"
                + " @Default");
    assertThat(StoredId.problem(BEFORE, "utf8")).isNull();
  }

  /** Only classes are added there, since the bytes of those that are there stay as they are. */
  @Test
  void insideOfOtherValues() {
    Codec<Shape> shapes = SHAPES;
    Codec<Flat> flat = Codec.sealed(Flat.class);
    for (Function<Codec<?>, Codec<?>> around : around()) {
      Codec<?> more = around.apply(shapes);
      String fewer = around.apply(flat).id();
      assertThat(more.reads(fewer)).as(fewer).isTrue();
      assertThat(around.apply(flat).reads(more.id())).as(fewer).isFalse();
      assertThat(StoredId.beside(more, fewer)).isEqualTo(more.id());
      assertThat(StoredId.problem(more, fewer)).isNull();
      Codec<?> grown = around.apply(AFTER);
      String before = around.apply(BEFORE).id();
      assertThat(grown.reads(before)).as(before).isFalse();
      assertThat(StoredId.problem(grown, before))
          .isEqualTo(
              "record(key:utf8) is now record(key:utf8,reason:i64), but only a record that is a"
                  + " whole value grows in place, as its bytes show where it ends:"
                  + " WriteTxn.convert writes the table with the new codec");
    }
  }

  record Holder<T>(int id, T held) {}

  private static List<Function<Codec<?>, Codec<?>>> around() {
    return List.of(
        codec -> CollectionCodec.list(codec),
        codec -> CollectionCodec.set(codec),
        codec -> Codec.nullable(codec),
        codec -> Codec.optional(codec),
        codec -> CollectionCodec.map(Codec.i32(), codec),
        codec -> Codec.tuple(Codec.i32(), codec),
        codec -> Codec.record(Holder.class, Codec.i32(), codec));
  }

  sealed interface Other permits Plain {}

  static final class Plain implements Other {}

  @Test
  void refuses() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.sealed(Comparator.class))
        .withMessage("java.util.Comparator is no sealed interface");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.sealed(Other.class))
        .withMessage(
            "dev.pando.codec.SealedCodecTest$Other permits dev.pando.codec.SealedCodecTest$Plain,"
                + " allowed records, enums, and sealed interfaces of them");
  }
}
