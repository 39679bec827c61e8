package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.codec.Default;
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
}
