package dev.pando.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.pando.Table;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** JSON, by Jackson. */
class JsonCodecTest {
  record Line(String article, int count) {}

  record Order(
      long id,
      @Nullable String note,
      BigDecimal total,
      List<Line> lines,
      Map<String, Double> rates) {}

  private static final Codec<Order> ORDERS = JsonCodec.of(new ObjectMapper(), Order.class);

  private static <T> T again(Codec<T> codec, T value) {
    byte[] nested = CodecLaws.join(CodecLaws.nested(codec, value), new byte[3]);
    Source source = CodecLaws.source(nested);
    assertThat(codec.decodeNested(source)).isEqualTo(value);
    assertThat(source.remaining()).isEqualTo(3);
    return codec.decode(CodecLaws.source(CodecLaws.whole(codec, value)));
  }

  @Test
  void roundTrips() {
    Order order =
        new Order(1, null, new BigDecimal("1.50"), List.of(new Line("nut", 3)), Map.of("x", 0.5));
    assertThat(again(ORDERS, order)).isEqualTo(order);
    Codec<List<Line>> lines = JsonCodec.of(new ObjectMapper(), new TypeReference<List<Line>>() {});
    assertThat(again(lines, order.lines())).isEqualTo(order.lines());
    assertThat(
            new String(
                CodecLaws.whole(lines, order.lines()), java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo("[{\"article\":\"nut\",\"count\":3}]");
    assertThat(ORDERS.id()).isEqualTo("json");
    assertThat(ORDERS.valueType()).isEqualTo(Order.class);
  }

  @Test
  void cannotEncodeKeys() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Table.of("orders", ORDERS, Codec.u64()))
        .withMessage("table orders: codec json is not ordered and cannot encode keys");
  }

  @Property
  @Tag("scaled")
  void refusesOtherBytes(
      @ForAll @Size(max = 20) byte[] bytes, @ForAll int at, @ForAll byte changed) {
    decodeOrRefuse(bytes);
    byte[] valid =
        CodecLaws.whole(ORDERS, new Order(1, "n", BigDecimal.ONE, List.of(), Map.of("x", 0.5)));
    valid[Math.floorMod(at, valid.length)] = changed;
    decodeOrRefuse(valid);
  }

  private static void decodeOrRefuse(byte[] bytes) {
    try {
      assertThat(ORDERS.decode(CodecLaws.source(bytes))).isNotNull();
    } catch (CodecException e) {
      assertThat(e.codecId()).isEqualTo("json");
    }
  }

  @Test
  void refusesNullAndWhatFollows() {
    for (String text : List.of("null", "{} {}", "{", "[".repeat(100_000))) {
      assertThatExceptionOfType(CodecException.class)
          .isThrownBy(() -> ORDERS.decode(CodecLaws.source(CodecLaws.whole(Codec.utf8(), text))));
    }
  }

  @Test
  void valuesWhoseJsonIsNull() {
    JsonNode missing = NullNode.getInstance();
    Codec<JsonNode> nodes = JsonCodec.of(new ObjectMapper(), JsonNode.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CodecLaws.whole(nodes, missing))
        .withMessage("value whose JSON is null, allowed: any other JSON");
  }

  static final class Unwritable {
    public String getText() {
      throw new IllegalStateException("no text");
    }
  }

  @Test
  void valuesThatJacksonRefuses() {
    Codec<Unwritable> codec = JsonCodec.of(new ObjectMapper(), Unwritable.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CodecLaws.whole(codec, new Unwritable()))
        .withMessageStartingWith("value that Jackson refuses: no text");
  }
}
