package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pando.codec.Codec;
import dev.pando.codec.Default;
import dev.pando.codec.Tuple2;
import dev.pando.error.IndexNotRegisteredException;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commits of a feed that are applied to tables which have other codecs, indexes or kinds. */
class FeedTargetTest extends FeedTestBase {
  record Person(String name) {}

  record LaterPerson(String name, @Default("0") int age) {}

  record Renamed(String fullName) {}

  private static final Table<Long, Person> PEOPLE =
      Table.of("people", Codec.u64(), Codec.record(Person.class));
  private static final Table<Long, LaterPerson> LATER =
      Table.of("people", Codec.u64(), Codec.record(LaterPerson.class));
  private static final Table<Long, Renamed> RENAMED =
      Table.of("people", Codec.u64(), Codec.record(Renamed.class));

  private Database db;
  private Database mirror;
  private Feed feed;

  @BeforeEach
  void create() {
    db = open();
    mirror = opened(Database.inMemory());
    feed = db.createFeed("f", FeedOptions.ofAllTables());
  }

  private void follow() {
    try (FeedReader reader = feed.reader()) {
      for (FeedCommit commit = reader.next(); commit != null; commit = reader.next()) {
        mirror.update(commit::applyTo);
        feed.acknowledge(commit.position());
      }
    }
    assertThat(db.check().problems()).isEmpty();
    assertThat(mirror.check().problems()).isEmpty();
  }

  private FeedChange next(Feed of) {
    try (FeedReader reader = of.reader()) {
      return Objects.requireNonNull(reader.next()).iterator().next();
    }
  }

  // ---- another codec without changes

  @Test
  void aComponentThatIsRenamed() {
    db.put(PEOPLE, 1L, new Person("Ada"));
    follow();
    db.update(
        tx -> tx.convert(PEOPLE, RENAMED, (key, old) -> new Entry<>(key, new Renamed(old.name()))));
    try (FeedReader reader = feed.reader()) {
      FeedCommit commit = Objects.requireNonNull(reader.next());
      assertThat(commit).as("it has changed no bytes").isEmpty();
      assertThat(commit.stream()).isEmpty();
    }
    db.put(RENAMED, 2L, new Renamed("Alan"));
    follow();
    assertThat(mirror.get(RENAMED, 1L)).isEqualTo(new Renamed("Ada"));
    assertThat(mirror.get(RENAMED, 2L)).isEqualTo(new Renamed("Alan"));
  }

  @Test
  void aRecordThatHasGrownWithoutAValue() {
    db.put(PEOPLE, 1L, new Person("Ada"));
    follow();
    db.update(
        tx -> {
          tx.put(LATER, 2L, new LaterPerson("Alan", 41));
          tx.delete(LATER, 2L);
        });
    db.put(LATER, 3L, new LaterPerson("Grace", 79));
    follow();
    assertThat(mirror.get(LATER, 1L)).isEqualTo(new LaterPerson("Ada", 0));
    assertThat(mirror.get(LATER, 3L)).isEqualTo(new LaterPerson("Grace", 79));
  }

  @Test
  void anotherCodecOfATableThatIsNotThere() {
    db.put(PEOPLE, 1L, new Person("Ada"));
    follow();
    db.update(
        tx -> tx.convert(PEOPLE, RENAMED, (key, old) -> new Entry<>(key, new Renamed(old.name()))));
    mirror.update(tx -> tx.drop(PEOPLE));
    follow();
    try (ReadTxn tx = mirror.beginRead()) {
      assertThat(tx.tables()).isEmpty();
    }
  }

  // ---- another kind

  @Test
  void aPlainTableThatBecomesAMultimap() {
    MultiTable<String, Long> tags = MultiTable.of("t", Codec.utf8(), Codec.u64());
    Table<?, ?> pairs = tags.pairs();
    db.update(tx -> tx.put(tags, "a", 1L));
    String pairCodec;
    try (ReadTxn tx = db.beginRead()) {
      pairCodec = tx.stat("t").keyCodec();
    }
    Table<Tuple2<String, Long>, String> plain =
        Table.of("t", Codec.tuple(Codec.utf8(), Codec.u64()), Codec.utf8());
    assertThat(pairCodec).isEqualTo(plain.keyCodec().id());
    assertThat(pairs.name()).isEqualTo("t");
    db.update(tx -> tx.drop("t"));
    db.put(plain, new Tuple2<>("a", 1L), "value");
    follow();
    db.update(
        tx -> {
          tx.drop("t");
          tx.put(tags, "a", 1L);
          tx.put(tags, "b", 2L);
        });
    follow();
    assertThat(mirror.multimap(tags).get("a")).containsExactly(1L);
    assertThat(mirror.multimap(tags).get("b")).containsExactly(2L);
    db.update(
        tx -> {
          tx.drop("t");
          tx.put(plain, new Tuple2<>("a", 1L), "again");
        });
    follow();
    assertThat(mirror.get(plain, new Tuple2<>("a", 1L))).isEqualTo("again");
  }

  // ---- removals

  @Test
  void removesNoRowOfAnotherTable() {
    db.put(NAMES, 0x6162_6364_6566_6768L, "a number");
    follow();
    db.delete(NAMES, 0x6162_6364_6566_6768L);
    mirror.update(tx -> tx.drop(NAMES));
    Table<String, String> foreign = Table.of("names", Codec.utf8(), Codec.utf8());
    mirror.put(foreign, "abcdefgh", "a word");
    FeedChange removed = next(feed);
    assertThat(removed.kind()).isEqualTo(Change.Kind.REMOVED);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> mirror.update(removed::applyTo))
        .withMessageContaining("allowed: u64 and utf8, or no entries");
    assertThat(mirror.get(foreign, "abcdefgh")).isEqualTo("a word");
    mirror.update(tx -> tx.clear(foreign));
    mirror.update(removed::applyTo); // of an empty table
    assertThat(mirror.count(foreign)).isZero();
    mirror.update(tx -> tx.drop(foreign));
    mirror.update(removed::applyTo); // of no table
    try (ReadTxn tx = mirror.beginRead()) {
      assertThat(tx.tables()).isEmpty();
    }
  }

  /** The removal comes with another codec of the values that stay. */
  @Test
  void convertsWithARemoval() {
    db.put(PEOPLE, 1L, new Person("Ada"));
    db.put(PEOPLE, 2L, new Person("Alan"));
    follow();
    db.update(
        tx ->
            tx.convert(
                PEOPLE,
                RENAMED,
                (key, old) -> key == 2 ? null : new Entry<>(key, new Renamed(old.name()))));
    FeedChange removed = next(feed);
    mirror.update(removed::applyTo);
    assertThat(mirror.list(RENAMED, Range.all())).hasSize(1);
  }

  // ---- indexes

  private static final Index<String, Long, Person> BY_NAME = PEOPLE.index("by name", Person::name);

  private static final Index<String, Long, LaterPerson> LATER_BY_NAME =
      LATER.index("by name", LaterPerson::name);

  private long found(Index<String, ?, ?> index, String name) {
    try (ReadTxn tx = mirror.beginRead()) {
      return tx.scan(index, Range.only(name)).stream().count();
    }
  }

  @Test
  void createsTheIndexesThatAreRegistered() {
    mirror.register(BY_NAME);
    db.put(PEOPLE, 1L, new Person("Ada"));
    follow();
    assertThat(found(BY_NAME, "Ada")).isEqualTo(1);
  }

  /** The program of the target is newer, and the table gets values of the older shape. */
  @Test
  void createsTheIndexesOfALaterShape() {
    mirror.register(LATER_BY_NAME);
    db.put(PEOPLE, 1L, new Person("Ada"));
    follow();
    assertThat(found(LATER_BY_NAME, "Ada")).isEqualTo(1);
    db.put(LATER, 2L, new LaterPerson("Alan", 41));
    follow();
    assertThat(found(LATER_BY_NAME, "Alan")).isEqualTo(1);
  }

  @Test
  void losesNoIndexOfAnEmptyTable() {
    Table<Long, String> old = Table.of("people", Codec.u64(), Codec.utf8());
    Index<String, Long, String> byWord = old.index("by name", Codec.utf8(), "same", value -> value);
    mirror.register(byWord);
    mirror.update(tx -> tx.create(byWord));
    db.put(PEOPLE, 1L, new Person("Ada"));
    FeedChange added = next(feed);
    assertThatExceptionOfType(IndexNotRegisteredException.class)
        .isThrownBy(() -> mirror.update(added::applyTo));
    assertThat(mirror.count(old)).isZero();
    mirror.update(tx -> tx.drop(byWord));
    follow();
    assertThat(mirror.get(PEOPLE, 1L)).isEqualTo(new Person("Ada"));
  }

  /** An index whose program reads only the older values. */
  @Test
  void refusesValuesThatAnIndexDoesNotRead() {
    mirror.register(BY_NAME);
    db.put(PEOPLE, 1L, new Person("Ada"));
    follow();
    db.put(LATER, 1L, new LaterPerson("Ada", 36));
    FeedChange changed = next(feed);
    assertThatExceptionOfType(IndexNotRegisteredException.class)
        .isThrownBy(() -> mirror.update(changed::applyTo));
    assertThat(found(BY_NAME, "Ada")).isEqualTo(1);
    assertThat(mirror.get(PEOPLE, 1L)).isEqualTo(new Person("Ada"));
  }
}
