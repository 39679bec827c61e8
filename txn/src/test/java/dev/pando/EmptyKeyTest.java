package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The empty key is a key, and comes before all others. */
final class EmptyKeyTest extends DatabaseTestBase {
  @Test
  void isAKeyAsAnyOther() {
    Database db = open(Options.defaults().withPageSize(512));
    for (String key : List.of("", "\0", "a")) {
      assertThat(db.get(WORDS, key)).isNull();
      assertThat(db.put(WORDS, key, "of " + key)).isTrue(); // by the commit log
    }
    closeChecked(db);
    Database again = open(Options.defaults());
    again.update(
        tx -> {
          assertThat(tx.get(WORDS, "")).isEqualTo("of ");
          assertThat(tx.scan(WORDS).keys()).containsExactly("", "\0", "a");
          assertThat(tx.scan(WORDS, Range.greaterThan("")).keys()).containsExactly("\0", "a");
          assertThat(tx.scan(WORDS, Range.atMost("").reversed()).keys()).containsExactly("");
          assertThat(tx.scan(WORDS, Range.lessThan("")).keys()).isEmpty();
          assertThat(tx.scan(WORDS, Range.closed("", "")).keys()).containsExactly("");
          assertThat(tx.scan(WORDS, Range.startsWith("")).keys()).hasSize(3);
          assertThat(tx.count(WORDS, Range.atLeast(""))).isEqualTo(3);
          assertThat(tx.rank(WORDS, "a")).isEqualTo(2);
          assertThat(tx.ceiling(WORDS, "").key()).isEmpty();
          assertThat(tx.higher(WORDS, "").key()).isEqualTo("\0");
          assertThat(tx.floor(WORDS, "").key()).isEmpty();
          assertThat(tx.lower(WORDS, "")).isNull();
          assertThat(tx.getAll(WORDS, List.of("a", "", "b"))).containsExactly("of a", "of ", null);
          var entries = tx.scan(WORDS).iterator();
          assertThat(entries.next().key()).isEmpty();
          entries.remove();
          assertThat(tx.contains(WORDS, "")).isFalse();
          for (int i = 0; i < 300; i++) {
            tx.put(WORDS, "k" + i, "v".repeat(20));
          }
          Batch<String, String> batch = tx.batch(WORDS);
          batch.put("", "again");
          batch.put("k7", "seven");
          assertThat(tx.get(WORDS, "")).isEqualTo("again");
          try (TableCursor<String, String> cursor = tx.cursor(WORDS)) {
            assertThat(cursor.seekExact("")).isTrue();
            cursor.replace("replaced");
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.prev()).isTrue();
            assertThat(cursor.value()).isEqualTo("replaced");
            cursor.delete();
            assertThat(cursor.prev()).isFalse();
          }
          tx.put(WORDS, "", "last");
        });
    assertThat(again.get(WORDS, "")).isEqualTo("last");
    assertThat(again.delete(WORDS, "")).isTrue();
  }
}
