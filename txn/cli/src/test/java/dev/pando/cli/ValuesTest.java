package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.codec.Codec;
import dev.pando.codec.Sink;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values of all codecs as text, and back. */
class ValuesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "u64|18446744073709551615",
        "i64|-9223372036854775808",
        "u32|4294967295",
        "i32|-1",
        "i16|-32768",
        "i8|127",
        "f64|-1.5",
        "f32|0.25",
        "bool|true",
        "char|'\"ä\"'",
        "utf8|'\"a \\\"b\\\" \\u0001\"'",
        "bytes|'\"0x00ff\"'",
        "uuid|'\"00000000-0000-0001-ffff-ffffffffffff\"'",
        "uri|'\"http://a/b\"'",
        "enum|'\"SMALL\"'",
        "instant|'\"2026-01-02T03:04:05.000000006Z\"'",
        "duration|'\"PT1H0.5S\"'",
        "date|'\"2026-02-03\"'",
        "time|'\"04:05\"'",
        "datetime|'\"2026-02-03T04:05\"'",
        "offsettime|'\"2026-02-03T04:05+01:00\"'",
        "zonedtime|'\"2026-02-03T04:05+01:00[Europe/Zurich]\"'",
        "bigint|-123456789012345678901234567890",
        "decimal|1.00",
        "collated(de-DE,tertiary)|'\"Ärzte\"'",
        "descending(i32)|7",
        "tuple(utf8,i32)|'[\"a\",1]'",
        "tuple(i8,i8,nullable(i8),list(i8))|'[1,2,null,[3,4]]'",
        "tuple(i8,i8,set(utf8))|'[1,2,[\"a\",\"b\"]]'",
        "record(a:i64,b:nullable(utf8))|'{\"a\":1,\"b\":null}'",
        "record(a:i64;b:utf8)|'{\"a\":1}'",
        "record(a:record(b:list(f64)),c:bool)|'{\"a\":{\"b\":[0.5]},\"c\":false}'",
        "map(utf8,i32)|'{\"a\":1,\"b\":2}'",
        "map(u64,utf8)|'{\"1\":\"x\"}'",
        "map(tuple(i8,i8),utf8)|'[[[1,2],\"x\"]]'",
        "array(i32)|'[1,-2]'",
        "array(f64)|'[1.5]'",
        "array(bool)|'[true,false]'",
      })
  void comesBack(String id, String json) {
    Shape shape = Shape.of(id);
    Object value = Values.fromJson(shape, Json.parse(json));
    byte[] bytes = Form.encode(Codec.parse(id), value);
    Object shown = Form.of(id).show(bytes);
    assertThat(Json.of(shown)).isEqualTo(json);
    assertThat(Form.of(id).readJson(Json.parse(json))).isEqualTo(bytes);
    if (shape.isScalar()) {
      String text = shown instanceof String string ? string : Json.of(shown);
      assertThat(Form.of(id).read(text)).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "u64|-1",
        "i8|128",
        "i64|1.5",
        "bool|yes",
        "char|ab",
        "uuid|x",
        "instant|yesterday",
        "bytes|0x0",
        "tuple(i8,i8)|[1]",
        "tuple(i8,i8)|7",
        "record(a:i64)|'{\"b\":1}'",
        "record(a:i64)|[1]",
        "list(i8)|'{}'",
        "list(i8)|[null]",
        "map(i8,i8)|[[1]]",
        "array(i32)|[1.5]",
      })
  void whatIsNoValueIsRefused(String id, String text) {
    Form form = Form.of(id);
    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> form.read(text)))
        .isInstanceOf(Fault.class)
        .satisfies(e -> assertThat(((Fault) e).code()).isEqualTo(2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''",
        "{",
        "[1",
        "[1,]",
        "{\"a\"}",
        "{\"a\":1,\"a\":2}",
        "01",
        "1.",
        "nul",
        "\"\\x\"",
        "\"",
        "1 2"
      })
  void whatIsNoJsonIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Json.parse(text));
  }

  @Test
  void textOfOthers() {
    assertThat(Json.parse(" { \"a\" : [ 1 , \"\\u00e4\\n\" , null ] } ").toString())
        .isEqualTo("{a=[1, ä\n, null]}");
    assertThatIllegalArgumentException().isThrownBy(() -> Json.parse("[".repeat(1000)));
    assertThat(Form.of("own").show(new byte[] {1, -1})).isEqualTo("0x01ff");
    assertThat(Form.of("own").read("0x01ff")).isEqualTo(new byte[] {1, -1});
  }

  @Test
  void jsonStaysAsItIs() {
    Form form = Form.of("json");
    byte[] bytes = form.read(" {\"a\": 1.50}");
    assertThat(bytes).asString(UTF_8).isEqualTo(" {\"a\": 1.50}");
    assertThat(Json.of(form.show(bytes))).isEqualTo("{\"a\":1.50}");
    assertThatThrownBy(() -> form.read("{")).isInstanceOf(Fault.class);
  }

  private sealed interface Figure {
    record Circle(long radius) implements Figure {}

    record Group(String name, List<Figure> figures) implements Figure {}
  }

  @Test
  void sealedInterfacesAndRecordsInsideThemselves() {
    Codec<Figure> codec = Codec.sealed(Figure.class);
    Figure.Group group = new Figure.Group("all", List.of(new Figure.Circle(3)));
    Sink sink = new Sink();
    codec.encode(group, sink);
    Form form = Form.of(codec.id());
    assertThat(Json.of(form.show(sink.toArray())))
        .isEqualTo("{\"Group\":{\"name\":\"all\",\"figures\":[{\"Circle\":{\"radius\":3}}]}}");
    byte[] circle = form.read("{\"Circle\":{\"radius\":7}}");
    assertThat(Json.of(form.show(circle))).isEqualTo("{\"Circle\":{\"radius\":7}}");
    assertThatThrownBy(() -> form.read("{\"Square\":{}}"))
        .isInstanceOf(Fault.class)
        .hasMessageContaining("Circle");
    assertThatThrownBy(() -> form.read("{\"Group\":{\"name\":\"\",\"figures\":[{\"Circle\":{}}]}}"))
        .isInstanceOf(Fault.class)
        .hasMessageContaining("--hex");
  }
}
