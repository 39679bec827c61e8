package dev.pando.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.Database;
import dev.pando.FeedOptions;
import dev.pando.Table;
import dev.pando.codec.Codec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code tail} prints, and what it leaves in the feed. */
class TailTest {
  @TempDir private Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void make() throws IOException {
    file = Shop.make(directory);
    assertThat(Ran.ok("tail", "--create", file, "all")).startsWith("created all, which begins");
  }

  @AfterEach
  void check() {
    Shop.check(file);
  }

  private static String withoutTimes(String rows) {
    return rows.replaceAll("\"commit\":\\d+,\"time\":\"[^\"]*\",", "")
        .replaceAll("(?m)^\\d+\t", "")
        .replaceAll("(?m)^\\d+,[^,]*,", "");
  }

  @Test
  void topShowsTheLongestLag() {
    Ran.ok("tail", "--create", file, "later");
    for (int i = 0; i < 3; i++) {
      Ran.ok("put", file, "counted", "7", "value " + i);
    }
    Ran.ok("tail", "--acknowledge", "-n", "2", file, "all");
    String[] lines = Ran.ok("top", "--times", "1", "--seconds", "0.01", file).split("\n");
    assertThat(lines[0]).endsWith("feed lag");
    assertThat(lines[1]).endsWith(" 3");
    Ran.ok("tail", "--drop", file, "all");
    Ran.ok("tail", "--drop", file, "later");
    assertThat(Ran.ok("top", "--times", "1", "--seconds", "0.01", file).strip()).endsWith(" -");
  }

  @Test
  void showsEveryKindOfTable() {
    try (Database db = Database.open(file)) {
      db.update(
          tx -> {
            tx.put(Shop.ORDERS, 2L, new Shop.Order("Grace", 5, null));
            tx.delete(Shop.ORDERS, 3L);
            tx.put(Shop.TAGS, "jazz", 9L);
            tx.delete(Shop.TAGS, "jazz", 2L);
            tx.put(Shop.OWN, 6, new Shop.Celsius(1));
            tx.put(Shop.COUNTED, 1L, "1");
            tx.delete(Shop.FILES, "film");
          });
    }
    String rows = withoutTimes(Ran.ok("tail", file, "all"));
    assertThat(rows)
        .isEqualTo(
            """
            counted\tCHANGED\t1\t1
            files\tREMOVED\tfilm
            files\tREMOVED\t0x66696c6d000000000001
            files\tREMOVED\t0x66696c6d000000000002
            files\tREMOVED\t0x66696c6d000000000003
            orders\tCHANGED\t2\t{"customer":"Grace","cents":5,"placed":null}
            orders\tREMOVED\t3
            own\tADDED\t6\t0x00000001
            tags\tREMOVED\tjazz\t2
            tags\tADDED\tjazz\t9
            """);
    assertThat(Ran.ok("tail", file, "all")).as("again").hasLineCount(10);
    assertThat(withoutTimes(Ran.ok("tail", "--json", file, "all")))
        .contains("{\"table\":\"orders\",\"kind\":\"REMOVED\",\"key\":3}\n")
        .contains("{\"table\":\"tags\",\"kind\":\"ADDED\",\"key\":\"jazz\",\"value\":9}\n");
    assertThat(withoutTimes(Ran.ok("tail", "--csv", file, "all")))
        .startsWith("commit,time,table,kind,key,before,value\n")
        .contains("own,ADDED,6,,0x00000001\n");
    assertThat(Ran.ok("tail", "--hex", file, "all")).contains("own\tADDED\t0x00000006\t0x00000001");
  }

  @Test
  void goesOnWhereItWasTold() {
    Ran.ok("tail", "--create", "--tables", "customers", "--hold", file, "some");
    Ran.ok("put", file, "customers", "Ada", "Byron");
    Ran.ok("put", file, "counted", "7", "seven");
    Ran.ok("del", file, "customers", "Ada");
    String both = Ran.ok("tail", file, "some");
    assertThat(withoutTimes(both))
        .isEqualTo("customers\tCHANGED\tAda\tByron\ncustomers\tREMOVED\tAda\n");
    String first = both.substring(0, both.indexOf('\t'));
    assertThat(withoutTimes(Ran.ok("tail", "--from", first, file, "some")))
        .isEqualTo("customers\tREMOVED\tAda\n");
    assertThat(Ran.ok("tail", "--limit", "1", file, "some")).hasLineCount(1);
    assertThat(Ran.ok("tail", "--acknowledge", "-n", "1", file, "some")).hasLineCount(1);
    assertThat(withoutTimes(Ran.ok("tail", file, "some"))).isEqualTo("customers\tREMOVED\tAda\n");
    Ran lost = Ran.pando("tail", "--from", "1", file, "some");
    assertThat(lost.code()).isEqualTo(1);
    assertThat(lost.err()).contains("acknowledged by another reader").hasLineCount(1);
    assertThat(Ran.ok("tail", "--json", file))
        .contains("\"feed\":\"all\",\"tables\":\"(all)\",\"commits\":3")
        .contains("\"feed\":\"some\",\"tables\":\"customers\",\"commits\":1");
    assertThat(Ran.ok("tail", "--drop", file, "some")).isEqualTo("dropped some\n");
    Ran missing = Ran.pando("tail", file, "some");
    assertThat(missing.code()).isEqualTo(1);
    assertThat(missing.err()).contains("there is no feed some; there are all");
    assertThat(Ran.pando("tail", "--drop", file).code()).isEqualTo(2);
    assertThat(Ran.ok("stat", "-a", file)).doesNotContain("feed");
    assertThat(Ran.ok("pages", file)).contains("tree of feed all");
  }

  @Test
  void followsAnotherProcess() throws Exception {
    CompletableFuture<String> follower =
        CompletableFuture.supplyAsync(() -> Ran.ok("tail", "-f", "-n", "2", file, "all"));
    put("Byron");
    put("King");
    assertThat(withoutTimes(follower.join()))
        .isEqualTo("customers\tCHANGED\tAda\tByron\ncustomers\tCHANGED\tAda\tKing\n");
  }

  private void put(String value) throws Exception {
    Ran ran = BusyPeer.pando(List.of(), "put", file, "customers", "Ada", value);
    assertThat(ran.code()).as(ran.err()).isZero();
  }

  @Test
  void showsValuesBefore() {
    Table<Long, String> words = Table.of("words", Codec.u64(), Codec.utf8());
    try (Database db = Database.open(file)) {
      db.createFeed("both", FeedOptions.of(words).withBefore(true));
      db.put(words, 1L, "one");
      db.put(words, 1L, "1");
    }
    assertThat(withoutTimes(Ran.ok("tail", "--json", file, "both")))
        .endsWith("\"kind\":\"CHANGED\",\"key\":1,\"before\":\"one\",\"value\":\"1\"}\n");
  }

  /** Commits that were not shown stay in the feed. */
  @Test
  void acknowledgesOnlyWhatWasShown() {
    Ran.ok("put", file, "customers", "Ada", "Byron");
    Ran.ok("put", file, "customers", "Ada", "King");
    Ran.ok("put", file, "customers", "Ada", "Noel");
    String all = Ran.ok("tail", file, "all");
    String second = all.lines().skip(1).findFirst().orElseThrow();
    String from = second.substring(0, second.indexOf('\t'));
    Ran ran = Ran.pando("tail", "--acknowledge", "--from", from, file, "all");
    assertThat(ran.code()).as(ran.out()).isEqualTo(2);
    assertThat(ran.err()).contains("--from " + from).contains("allowed up to").hasLineCount(1);
    assertThat(Ran.ok("tail", file, "all")).isEqualTo(all);
    String acknowledged =
        Ran.ok("tail", "--json", file).replaceAll("(?s).*\"acknowledged\":(\\d+).*", "$1");
    assertThat(Ran.ok("tail", "--acknowledge", "--from", acknowledged, file, "all")).isEqualTo(all);
    assertThat(Ran.ok("tail", file, "all")).isEmpty();
  }

  @Test
  void optionsOfAFeedNeedCreate() {
    Ran tables = Ran.pando("tail", "--tables", "customers", file, "all");
    assertThat(tables.code()).isEqualTo(2);
    assertThat(tables.err()).contains("with --create only").hasLineCount(1);
    assertThat(Ran.pando("tail", "--hold", file, "all").code()).isEqualTo(2);
    assertThat(Ran.pando("tail", "--max-bytes", "9", "--drop", file, "all").code()).isEqualTo(2);
    assertThat(Ran.pando("tail", "--from", "-7", file, "all").code()).isEqualTo(2);
    assertThat(Ran.ok("tail", file)).contains("all");
  }

  /** What could not be acknowledged stays in the feed. */
  @Test
  void waitsForAnotherWriterAsLongAsItIsTold() throws IOException {
    Ran.ok("put", file, "customers", "Ada", "Byron");
    try (BusyPeer peer = BusyPeer.start(file)) {
      assertThat(peer.pid()).isPositive();
      Ran ran = Ran.pando("tail", "--acknowledge", "--wait", "0.1", file, "all");
      assertThat(ran.code()).as(ran.out()).isEqualTo(2);
      assertThat(ran.out()).as("it was shown").hasLineCount(1);
      assertThat(ran.err()).contains("0.1 seconds of --wait").hasLineCount(1);
      Ran create = Ran.pando("tail", "--create", "--wait", "0.1", file, "more");
      assertThat(create.code()).isEqualTo(2);
      Ran drop = Ran.pando("tail", "--drop", "--wait", "0.1", file, "all");
      assertThat(drop.code()).isEqualTo(2);
      assertThat(drop.err()).contains("0.1 seconds of --wait").hasLineCount(1);
    }
    assertThat(Ran.ok("tail", file, "all")).hasLineCount(1);
  }

  /** A writer that comes between the turn and the call: the call ends, and has done nothing. */
  @Test
  void aCallThatWaitsTooLong() throws Exception {
    try (Database db = Database.open(file, FileVerb.usual());
        BusyPeer peer = BusyPeer.start(file)) {
      assertThat(peer.pid()).isPositive();
      FeedOptions options = FeedOptions.ofAllTables();
      assertThatThrownBy(
              () ->
                  BoundedCall.run(
                      db, Duration.ofMillis(50), () -> db.createFeed("more", options), "too long"))
          .isInstanceOf(Fault.class)
          .hasMessage("too long")
          .hasCauseInstanceOf(IllegalStateException.class);
    }
    assertThat(Ran.ok("tail", file)).contains("all").doesNotContain("more");
    try (Database db = Database.open(file)) {
      Duration minute = Duration.ofMinutes(1);
      assertThat(BoundedCall.run(db, minute, () -> 7, "too long")).isEqualTo(7);
      assertThatThrownBy(
              () ->
                  BoundedCall.run(
                      db,
                      minute,
                      () -> {
                        throw new IOException("on purpose");
                      },
                      "too long"))
          .isInstanceOf(IOException.class)
          .hasMessage("on purpose");
    }
  }
}
