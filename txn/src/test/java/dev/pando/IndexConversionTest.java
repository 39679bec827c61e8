package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pando.codec.Codec;
import dev.pando.error.IndexNotRegisteredException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A conversion keeps the indexes of its table, which are those of the new rows afterwards. */
final class IndexConversionTest extends IndexTestBase {
  record Citizen(int age, String fullName) {}

  private static final Table<Long, Citizen> CITIZENS =
      Table.of("people", Codec.u64(), Codec.record(Citizen.class));
  private static final Index<String, Long, Citizen> BY_FULL_NAME =
      CITIZENS.index("by name", Citizen::fullName);
  private static final Index<Integer, Long, Citizen> BY_AGE =
      CITIZENS.index("by age", Citizen::age);

  private Database db;

  @BeforeEach
  void fill() {
    Database first = openWith(BY_NAME);
    first.update(tx -> rows().forEach((key, row) -> tx.put(PEOPLE, key, row)));
    closeChecked(first);
    db = open();
  }

  private static Entry<Long, Citizen> citizen(long id, Person person) {
    return new Entry<>(id, new Citizen(person.age(), "Dr. " + person.name()));
  }

  private long convert(boolean inSteps) {
    return inSteps
        ? db.convert(PEOPLE, CITIZENS, IndexConversionTest::citizen, 2, (_, _) -> {})
        : db.updateAndGet(tx -> tx.convert(PEOPLE, CITIZENS, IndexConversionTest::citizen));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void indexesOfTheNewTableAreBuilt(boolean inSteps) {
    db.register(BY_FULL_NAME, BY_AGE);
    assertThat(convert(inSteps)).isEqualTo(5);
    db.update(tx -> tx.put(CITIZENS, 6L, new Citizen(36, "Eve")));
    db.view(
        tx -> {
          assertThat(tx.scanKeys(BY_FULL_NAME, Range.all()).stream().map(Entry::value).toList())
              .isEqualTo(List.of(1L, 3L, 2L, 4L, 5L, 6L));
          assertThat(tx.scanKeys(BY_AGE, Range.only(36)).stream().map(Entry::value).toList())
              .isEqualTo(List.of(1L, 6L));
          return null;
        });
    assertThat(convert(inSteps)).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void noIndexIsLost(boolean inSteps) {
    for (int i = 0; i < 2; i++) {
      assertThatExceptionOfType(IndexNotRegisteredException.class)
          .isThrownBy(() -> convert(inSteps))
          .withMessageContainingAll("people", "by name");
      db.register(BY_AGE); // which is no index of the old table
    }
    db.view(
        tx -> {
          assertThat(tx.tables()).containsExactly("people");
          assertThat(names(tx, BY_NAME)).containsExactly("Ada1", "Ada3", "Bob2", "Cleo4", "bob5");
          return null;
        });
  }
}
