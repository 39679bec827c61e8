package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.AbstractMap.SimpleEntry;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** An entry of a table is one of a map. */
class EntryTest extends DatabaseTestBase {
  private static final Entry<Long, String> ENTRY = new Entry<>(7L, "Ada");

  @Test
  void isEqualToThatOfAMap() {
    Map.Entry<Long, String> other = Map.entry(7L, "Ada");
    assertThat(ENTRY).isEqualTo(other).hasSameHashCodeAs(other);
    assertThat(other).isEqualTo(ENTRY);
    assertThat(new SimpleEntry<>(7L, "Ada")).isEqualTo(ENTRY);
    assertThat(ENTRY).isEqualTo(new Entry<>(7L, "Ada"));
    assertThat(ENTRY).isNotEqualTo(new Entry<>(7L, "Bob")).isNotEqualTo(new Entry<>(8L, "Ada"));
    assertThat(ENTRY).isNotEqualTo("7=Ada");
    assertThat(new HashSet<>(Set.of(other))).contains(ENTRY);
  }

  @Test
  void givesItsParts() {
    assertThat(ENTRY.getKey()).isEqualTo(ENTRY.key());
    assertThat(ENTRY.getValue()).isEqualTo(ENTRY.value());
    assertThatThrownBy(() -> ENTRY.setValue("Bob"))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("WriteTxn.put");
  }

  @Test
  void scansBecomeMaps() {
    Database db = open();
    TreeMap<Long, String> model = new TreeMap<>(Map.of(1L, "a", 2L, "b", 3L, "c"));
    db.update(tx -> model.forEach((key, value) -> tx.put(NAMES, key, value)));
    List<Entry<Long, String>> list = db.list(NAMES, Range.all());
    assertThat(list).isEqualTo(List.copyOf(model.entrySet()));
    assertThat(list.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)))
        .isEqualTo(model);
  }
}
