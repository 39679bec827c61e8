package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.invoke.MethodHandles;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
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
    assertThat(SHAPES.id()).isEqualTo("sealed");
    assertThat(HexFormat.of().formatHex(CodecLaws.whole(SHAPES, new Dot())))
        .startsWith("446f740000")
        .hasSize(14);
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

    record Delete(String key, long reason) implements Event {}
  }

  @Test
  void aPermittedClassIsAdded() {
    Codec<Before.Event> before = Codec.sealed(Before.Event.class);
    Codec<After.Event> after = Codec.sealed(After.Event.class);
    assertThat(after.id()).isEqualTo(before.id());
    byte[] old = CodecLaws.whole(before, new Before.Put("a", 1));
    assertThat(after.decode(CodecLaws.source(old))).isEqualTo(new After.Put("a", 1));
    byte[] added = CodecLaws.whole(after, new After.Clear());
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> before.decode(CodecLaws.source(added)))
        .withMessage(
            "codec sealed: found class Clear, allowed what"
                + " dev.pando.codec.SealedCodecTest$Before$Event permits");
  }

  @Test
  void componentsChange() {
    byte[] old = CodecLaws.whole(Codec.sealed(Before.Event.class), new Before.Delete("a"));
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> Codec.sealed(After.Event.class).decode(CodecLaws.source(old)))
        .withMessage(
            "codec sealed: found another shape of class Delete, allowed components as"
                + " record(key:utf8,reason:i64)");
  }

  sealed interface Tree permits Leaf, Node {}

  record Leaf() implements Tree {}

  record Node(Tree left, Tree right) implements Tree {}

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
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Codec.sealed(Tree.class))
        .withMessage("record dev.pando.codec.SealedCodecTest$Node contains itself");
  }
}
