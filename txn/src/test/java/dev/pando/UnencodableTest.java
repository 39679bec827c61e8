package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pando.codec.Codec;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Keys and values that a table cannot store are refused with the table, the value and the limit.
 */
class UnencodableTest extends DatabaseTestBase {
  private static UnencodableException refused(ThrowingCallable call) {
    return assertThatExceptionOfType(UnencodableException.class).isThrownBy(call).actual();
  }

  @Test
  void longKeys() {
    Database db = open();
    String key = "k".repeat(3000);
    UnencodableException e = refused(() -> db.put(WORDS, key, "v"));
    assertThat(e)
        .hasMessage(
            "table words: key length=3000, allowed 0 to 2000 bytes; found in key "
                + "k".repeat(100)
                + "... for codec utf8");
    assertThat(e.table()).isEqualTo("words");
    assertThat(e.codecId()).isEqualTo("utf8");
    assertThat(e.value()).isEqualTo("key " + "k".repeat(100) + "...");
    assertThat(e.allowed()).isEqualTo("0 to 2000 bytes");
  }

  @Test
  void valuesThatTheCodecRefuses() {
    Database db = open();
    assertThat(refused(() -> db.put(WORDS, "key", "a\uD83C")))
        .hasMessageStartingWith(
            "table words: value that its codec cannot encode: string has the unpaired surrogate");
    record Note(long id, Object text) {}
    Table<Long, Note> notes =
        Table.of("notes", Codec.u64(), Codec.record(Note.class, Codec.u64(), Codec.utf8()));
    assertThat(refused(() -> db.put(notes, 1L, new Note(1, 5))))
        .hasMessageStartingWith(
            "table notes: value that its codec cannot encode: component text is no value of its"
                + " codec utf8: ")
        .hasMessageEndingWith(
            "found in value Note[id=1, text=5] for codec record(id:u64,text:utf8)");
  }

  record Nest(@Nullable Nest inner) {
    static Nest deep(int levels) {
      Nest made = new Nest(null);
      for (int i = 1; i < levels; i++) {
        made = new Nest(made);
      }
      return made;
    }
  }

  /** The message about a value must not fail as its codec did. */
  @Test
  void valuesThatAreTooDeep() {
    Database db = open();
    Table<Long, Nest> nests = Table.of("nests", Codec.u64(), Codec.record(Nest.class));
    UnencodableException e = refused(() -> db.put(nests, 1L, Nest.deep(1000)));
    assertThat(e.value()).startsWith("value Nest[inner=Nest[inner=");
    e = refused(() -> db.put(nests, 1L, Nest.deep(1_000_000)));
    assertThat(e).hasMessageContaining("value nested in 402 codecs, allowed at most 400");
    assertThat(e.value()).isEqualTo("value of " + Nest.class.getName());
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"}) // as a program with raw types does
  void valuesOfAnotherClass() {
    Database db = open();
    Table raw = NAMES;
    assertThat(refused(() -> db.put(raw, "not a number", "v")))
        .hasMessageStartingWith("table names: key that its codec cannot encode: ");
    assertThat(refused(() -> db.put(raw, 1L, 2L)))
        .hasMessageStartingWith("table names: value that its codec cannot encode: ");
  }

  @Test
  void codecsThatWriteNothing() {
    Database db = open();
    Codec<Long> nothing =
        Codec.ofOrdered("nothing", (value, sink) -> {}, source -> source.getLongBE());
    UnencodableException key =
        refused(() -> db.put(Table.of("keys", nothing, Codec.u64()), 7L, 8L));
    assertThat(key)
        .hasMessage(
            "table keys: key of 0 bytes, from which its codec reads nothing, allowed what its codec"
                + " can read; found in key 7 for codec nothing");
    assertThat(refused(() -> db.put(Table.of("values", Codec.u64(), nothing), 7L, 8L)).value())
        .isEqualTo("value 8");
  }

  /** Values of no bytes that can be read. */
  @Test
  void emptyValues() {
    Database db = open();
    Table<String, String> set = Table.of("set", Codec.utf8(), Codec.unit("there"));
    db.put(set, "", "there");
    db.put(WORDS, "", "");
    assertThat(db.get(set, "")).isEqualTo("there");
    assertThat(db.get(WORDS, "")).isEmpty();
    assertThat(refused(() -> db.put(set, "x", "elsewhere")))
        .hasMessageContaining("value elsewhere, allowed only there");
  }
}
