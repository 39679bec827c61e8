package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The README's recipe for the order of a language. */
final class LocaleOrderRecipeTest extends DatabaseTestBase {
  // recipe begins
  record Book(String title, int year) {}

  static final Table<Long, Book> BOOKS = Table.of("books", Codec.u64(), Codec.record(Book.class));
  static final Index<String, Long, Book> BY_TITLE =
      BOOKS.index("by title", Codec.collated(Locale.GERMANY), "title", Book::title);

  static List<String> titles(ReadTxn tx, String from, int rows) {
    return tx.scanKeys(BY_TITLE, Range.atLeast(from).limit(rows)).stream().map(Entry::key).toList();
  }

  // recipe ends

  @Test
  void titlesAreInTheOrderOfTheLanguage() {
    Database db = open();
    db.register(BY_TITLE);
    db.update(
        tx -> {
          long id = 1;
          for (String title : List.of("Zug", "\u00c4rzte", "apfel", "Apfel", "Bahn")) {
            tx.put(BOOKS, id++, new Book(title, 2000));
          }
        });
    db.view(
        tx -> {
          assertThat(titles(tx, "", 9))
              .containsExactly("apfel", "Apfel", "\u00c4rzte", "Bahn", "Zug");
          assertThat(titles(tx, "b", 1)).containsExactly("Bahn");
          return null;
        });
  }

  @Test
  void readsTheSameInTheReadme() throws IOException {
    ReadmeCode.assertHas(LocaleOrderRecipeTest.class);
  }
}
