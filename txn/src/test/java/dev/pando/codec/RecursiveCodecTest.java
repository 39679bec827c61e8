package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pando.MultiTable;
import dev.pando.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Records and sealed interfaces that contain themselves. */
class RecursiveCodecTest {
  private static final int MAX_NODES = SelfCodec.MAX_DEPTH / 2;
  private static final long STACK_BYTES = 512 << 10;

  record Node(int value, List<Node> children) {}

  record Cell(int value, @Nullable Cell next) {}

  record Self(int id, Other other) {}

  record Other(String name, @Nullable Self self) {}

  @SuppressWarnings("ArrayRecordComponent") // users have them, and they work
  record Folder(
      Map<String, Folder> folders, Set<Folder> set, Folder[] array, Optional<Folder> one) {}

  sealed interface Term permits Num, Sum, Call, Zero {}

  record Num(long value) implements Term {}

  record Sum(Term left, Term right) implements Term {}

  record Call(String name, List<Term> terms) implements Term {}

  enum Zero implements Term {
    ZERO
  }

  record Pair<A>(A first, Optional<Pair<A>> second) {}

  record Pairs(Pair<String> texts, Pair<List<Integer>> lists) {}

  private static final Codec<Node> NODES = Codec.record(Node.class);
  private static final Codec<Cell> CELLS = Codec.record(Cell.class);
  private static final Codec<Term> TERMS = Codec.sealed(Term.class);

  private static Node node(Random random, int depth) {
    List<Node> children = new ArrayList<>();
    for (int i = depth == 0 ? 0 : random.nextInt(4); i > 0; i--) {
      children.add(node(random, depth - 1));
    }
    return new Node(random.nextInt(3) - 1, children);
  }

  private static Term term(Random random, int depth) {
    return switch (depth == 0 ? random.nextInt(2) : random.nextInt(4)) {
      case 0 -> new Num(random.nextInt(3));
      case 1 -> Zero.ZERO;
      case 2 -> new Sum(term(random, depth - 1), term(random, depth - 1));
      default -> new Call("f\0", List.of(term(random, depth - 1), term(random, depth - 1)));
    };
  }

  private static int order(Node a, Node b) {
    int values = Integer.compare(a.value(), b.value());
    return values != 0 ? values : order(a.children(), b.children());
  }

  private static int order(List<Node> a, List<Node> b) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      int first = order(a.get(i), b.get(i));
      if (first != 0) {
        return first;
      }
    }
    return Integer.compare(a.size(), b.size());
  }

  @Property
  void orderOfNodes(@ForAll long seed) {
    Random random = new Random(seed);
    Comparator<Node> order = RecursiveCodecTest::order;
    CodecLaws.check(NODES, order, node(random, 3), node(random, 3));
    Node node = node(random, 4);
    assertThat(CodecParseTest.parsed(NODES, node)).as("seed %d", seed).isInstanceOf(Fields.class);
  }

  @Property
  void terms(@ForAll long seed) {
    Random random = new Random(seed);
    again(TERMS, term(random, 4));
  }

  private static <T> void again(Codec<T> codec, T value) {
    assertThat(codec.decode(CodecLaws.source(CodecLaws.whole(codec, value)))).isEqualTo(value);
    assertThat(codec.decodeNested(CodecLaws.source(CodecLaws.nested(codec, value))))
        .isEqualTo(value);
    assertThat(CodecParseTest.parsed(codec, value)).isNotNull();
  }

  @Test
  void idsNameTheRecordAround() {
    assertThat(NODES.id()).isEqualTo("record(value:i32,children:list(self(1)))");
    assertThat(CELLS.id()).isEqualTo("record(value:i32,next:nullable(self(1)))");
    assertThat(Codec.record(Self.class).id())
        .isEqualTo("record(id:i32,other:record(name:utf8,self:nullable(self(2))))");
    assertThat(TERMS.id())
        .isEqualTo(
            "sealed(Call:record(name:utf8,terms:list(self(2))),Num:record(value:i64),"
                + "Sum:record(left:self(2),right:self(2)),Zero:enum)");
    assertThat(Codec.record(Sum.class).id())
        .isEqualTo(
            "record(left:sealed(Call:record(name:utf8,terms:list(self(2))),Num:record(value:i64),"
                + "Sum:self(2),Zero:enum),right:"
                + "sealed(Call:record(name:utf8,terms:list(self(2))),Num:record(value:i64),"
                + "Sum:self(2),Zero:enum))");
    assertThat(Codec.record(Pairs.class).id())
        .isEqualTo(
            "record(texts:record(first:utf8,second:nullable(self(1))),"
                + "lists:record(first:list(i32),second:nullable(self(1))))");
  }

  @Test
  void everyWayToContainItself() {
    again(CELLS, new Cell(1, new Cell(2, new Cell(3, null))));
    again(Codec.record(Self.class), new Self(1, new Other("a", new Self(2, new Other("", null)))));
    Folder empty = new Folder(Map.of(), Set.of(), new Folder[0], Optional.empty());
    Folder full =
        new Folder(Map.of("a", empty), Set.of(empty), new Folder[] {empty}, Optional.of(empty));
    Codec<Folder> folders = Codec.record(Folder.class);
    byte[] bytes = CodecLaws.whole(folders, full);
    Folder again = folders.decode(CodecLaws.source(bytes));
    assertThat(CodecLaws.whole(folders, again)).isEqualTo(bytes);
    assertThat(again).usingRecursiveComparison().isEqualTo(full);
    again(Codec.record(Sum.class), new Sum(new Sum(new Num(1), Zero.ZERO), new Num(2)));
    again(
        Codec.record(Pairs.class),
        new Pairs(
            new Pair<>("a", Optional.of(new Pair<>("b", Optional.empty()))),
            new Pair<>(List.of(1), Optional.empty())));
  }

  @Test
  void parsedValues() {
    Node value = new Node(1, List.of(new Node(2, List.of())));
    assertThat(CodecParseTest.parsed(NODES, value))
        .hasToString("{value=1, children=[{value=2, children=[]}]}");
    assertThat(CodecParseTest.parsed(TERMS, new Sum(new Num(1), Zero.ZERO)))
        .hasToString("Sum{left=Num{value=1}, right=Zero ZERO}");
  }

  private static Node deep(int nodes) {
    Node node = new Node(0, List.of());
    for (int i = 1; i < nodes; i++) {
      node = new Node(i, List.of(node));
    }
    return node;
  }

  @Test
  void depthIsBounded() {
    byte[] deepest = CodecLaws.whole(NODES, deep(MAX_NODES + 1));
    assertThat(NODES.decode(CodecLaws.source(deepest))).isEqualTo(deep(MAX_NODES + 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CodecLaws.whole(NODES, deep(MAX_NODES + 2)))
        .withMessage("value nested in 402 codecs, allowed at most 400");
    again(NODES, deep(3)); // the sink counts from 0 again
  }

  /** A value inside of itself at each of many bytes, and at no byte at all. */
  @Test
  void hostileBytesAreRefusedBeforeTheStackEnds() throws Exception {
    byte[] ones = "\1".repeat(50_000).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    List<Codec<?>> codecs =
        List.of(
            NODES,
            CELLS,
            Codec.parse(NODES.id()),
            Codec.parse(CELLS.id()),
            Codec.parse("record(a:self(1))"),
            Codec.parse("record(a:self(1),b:self(1))"),
            Codec.parse("record(a:list(self(1)))"),
            Codec.parse("record(a:" + "nullable(".repeat(60) + "self(1)" + ")".repeat(61)),
            Codec.descending(NODES),
            Codec.tuple(Codec.i32(), NODES.map("mine", node -> node, node -> node)));
    for (Codec<?> codec : codecs) {
      AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
      Thread thread =
          new Thread(null, () -> decode(codec, ones, thrown), "little stack", STACK_BYTES);
      thread.start();
      thread.join();
      assertThat(thrown.get()).as(codec.id()).isInstanceOf(CodecException.class);
    }
  }

  private static void decode(
      Codec<?> codec, byte[] bytes, AtomicReference<@Nullable Throwable> thrown) {
    try {
      Object _ = codec.decode(CodecLaws.heapSource(bytes));
    } catch (Throwable e) {
      thrown.set(e);
    }
  }

  /** Each level of a value names its component, whose name a file gives any length. */
  @Test
  void messagesOfHostileIdsAreShort() {
    String name = "n".repeat(65_000);
    Codec<Object> codec = Codec.parse("record(" + name + ":self(1))");
    CodecException e =
        assertThatExceptionOfType(CodecException.class)
            .isThrownBy(() -> codec.decode(CodecLaws.source(new byte[0])))
            .actual();
    assertThat(e.found())
        .hasSizeLessThan(1100)
        .startsWith("in component nnn")
        .endsWith("nnn a value nested in 401 codecs");
    assertThat(e.getMessage()).hasSizeLessThan(1200);
    assertThat(e.getCause()).isInstanceOf(CodecException.class).hasNoCause();
    Codec<Object> twice = Codec.parse("record(" + name + ":u64)");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> twice.decode(CodecLaws.source(new byte[1])))
        .satisfies(wrong -> assertThat(wrong.getMessage()).hasSizeLessThan(3000));
  }

  record Children(List<Node> nodes) {}

  /** The id of a part would mean another record where the part is given for something else. */
  @Test
  @SuppressWarnings("unchecked") // the codec of the component
  void aPartThatRefersToWhatIsAroundItIsRefused() {
    Codec<List<Node>> children =
        (Codec<List<Node>>) Objects.requireNonNull(NODES.component("children"));
    Table<Long, Node> nodes = Table.of("t", Codec.u64(), NODES);
    List<ThrowingCallable> uses =
        List.of(
            () -> Table.of("t", Codec.u64(), children),
            () -> Table.of("t", children, Codec.u64()),
            () -> Table.of("t", Codec.u64(), Codec.tuple(Codec.u64(), children)),
            () -> MultiTable.of("t", Codec.u64(), children),
            () -> nodes.index("i", children, "children", Node::children),
            () -> Codec.record(Children.class, children),
            () -> StoredId.checkWhole("a test", children));
    for (ThrowingCallable use : uses) {
      assertThatIllegalArgumentException()
          .isThrownBy(use)
          .withMessageContaining("(self(1)")
          .withMessageContaining(
              " refers to a record or a sealed interface that it is a part of; give the codec");
    }
    StoredId.checkWhole("a test", NODES);
    Codec<Children> whole = Codec.record(Children.class);
    again(Codec.record(Holders.class, whole), new Holders(new Children(List.of(deep(3)))));
  }

  record Holders(Children children) {}

  /** Ids are parsed to this depth; a deeper one might hide that it refers to what is around it. */
  @Test
  void containersInEachOtherAreCounted() {
    Class<?> type = String.class;
    for (int i = 0; i < 60; i++) {
      type = type.arrayType();
    }
    Class<?> deepest = type;
    assertThat(IdTree.parse(TypeCodecs.ofArray(deepest).id())).isNotNull();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TypeCodecs.ofArray(deepest.arrayType()))
        .withMessageContaining("is nested deeper than 60");
  }

  record OddBefore(String odd, int value) {}

  record OddAfter(String odd, int value, Optional<String> more) {}

  @Test
  void whatIsNotKnownToBeInItselfMayBe() {
    Codec<String> odd =
        Codec.of(
            "list(self(1)",
            (text, sink) -> Codec.utf8().encode(text, sink),
            source -> Codec.utf8().decode(source));
    assertThat(IdTree.parse(odd.id())).isNull();
    Codec<OddBefore> before = Codec.record(OddBefore.class, odd, Codec.i32());
    Codec<OddAfter> after =
        Codec.record(OddAfter.class, odd, Codec.i32(), Codec.optional(Codec.utf8()));
    assertThat(after.reads(before.id())).isFalse();
    assertThat(StoredId.problem(after, before.id()))
        .startsWith("the record is inside of itself, where it cannot grow");
  }

  record Before(int value, List<Before> children) {}

  record After(int value, List<After> children, Optional<String> note) {}

  record HolderBefore(Node node) {}

  record HolderAfter(Node node, @Default("1") int more) {}

  /** A child is not at the end of the bytes. */
  @Test
  void theyDoNotGrow() {
    Codec<Before> before = Codec.record(Before.class);
    Codec<After> after = Codec.record(After.class);
    assertThat(after.id())
        .isEqualTo("record(value:i32,children:list(self(1)),note:nullable(utf8))");
    assertThat(after.reads(before.id())).isFalse();
    assertThat(StoredId.problem(after, before.id()))
        .isEqualTo(
            "the record is inside of itself, where it cannot grow: WriteTxn.convert writes the"
                + " table with the new codec");
  }

  /** A record that contains such a record, and is not inside of it, grows as any other. */
  @Test
  void whatIsAroundThemGrows() {
    Codec<HolderAfter> after = Codec.record(HolderAfter.class);
    Codec<HolderBefore> before = Codec.record(HolderBefore.class);
    assertThat(StoredId.problem(after, before.id()))
        .startsWith("they end with component node, and the bytes of its codec");
    assertThat(Codec.record(CellsAfter.class).reads(Codec.record(CellsBefore.class).id())).isTrue();
  }

  record CellsBefore(Cell cell, int id) {}

  record CellsAfter(Cell cell, int id, Optional<Integer> more) {}

  static final class Fewer {
    sealed interface Term permits Num, Sum {}

    record Num(long value) implements Term {}

    record Sum(Term left, Term right) implements Term {}
  }

  static final class More {
    sealed interface Term permits Num, Sum {}

    record Num(long value, @Default("1") int base) implements Term {}

    record Sum(Term left, Term right) implements Term {}
  }

  @Test
  void aSealedInterfaceInItselfMayGetClasses() {
    Codec<Fewer.Term> fewer = Codec.sealed(Fewer.Term.class);
    assertThat(TERMS.reads(fewer.id())).isTrue();
    assertThat(StoredId.beside(TERMS, fewer.id())).isEqualTo(TERMS.id());
    byte[] old = CodecLaws.whole(fewer, new Fewer.Sum(new Fewer.Num(1), new Fewer.Num(2)));
    assertThat(TERMS.decode(CodecLaws.source(old))).isEqualTo(new Sum(new Num(1), new Num(2)));
    Codec<More.Term> more = Codec.sealed(More.Term.class);
    assertThat(more.reads(fewer.id())).isFalse();
    assertThat(StoredId.problem(more, fewer.id()))
        .startsWith("record(value:i64) is now record(value:i64,base:i32), but only a record");
  }
}
