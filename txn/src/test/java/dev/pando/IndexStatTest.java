package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Indexes as the file has them, without their functions. */
class IndexStatTest extends IndexTestBase {
  private static List<IndexStat> indexes(Database db, String table) {
    return db.view(tx -> tx.indexes(table));
  }

  @Test
  void listsThemInTheOrderOfTheirCreation() {
    filled().close();
    Database db = open(); // registers none
    List<IndexStat> all = indexes(db, "people");
    assertThat(all)
        .extracting(IndexStat::name)
        .containsExactly("by name", "by mail", "by age and name", "adults", "by letter");
    assertThat(all).extracting(IndexStat::entries).containsExactly(5L, 3L, 5L, 3L, 15L);
    assertThat(all).extracting(IndexStat::unique).containsExactly(false, true, false, false, false);
    assertThat(all).allMatch(IndexStat::complete).allMatch(index -> index.pages() == 1);
    assertThat(all.get(2).keyCodec()).isEqualTo("tuple(i32,utf8)");
    assertThat(all.get(4).function()).isEqualTo("each letters(name)");
    assertThat(indexes(db, "missing")).isEmpty();
    assertThat(indexes(db, "\u00001")).isEmpty();
  }

  @Test
  void seesWhatItsTransactionHasChanged() {
    Database db = openWith(BY_NAME);
    db.update(
        tx -> {
          boolean _ = tx.put(PEOPLE, 1L, person("Ada"));
          boolean _ = tx.put(PEOPLE, 2L, person("Bob"));
          assertThat(tx.indexes("people")).extracting(IndexStat::entries).containsExactly(2L);
          boolean _ = tx.drop(BY_NAME);
          assertThat(tx.indexes("people")).isEmpty();
        });
    assertThat(indexes(db, "people")).isEmpty();
  }
}
