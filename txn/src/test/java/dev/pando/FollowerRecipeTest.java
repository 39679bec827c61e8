package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The README's example of a copy that follows, as it is there. */
class FollowerRecipeTest extends DatabaseTestBase {
  private static void answer(
      Database source, Follower.Position position, WritableByteChannel toFollower) {
    // recipe begins
    source.backup(toFollower); // a full backup, once

    source.backupSince( // an increment, for each position that the follower sends
        position.incarnation(), position.txnId(), toFollower, (_, _) -> {});
    // recipe ends
  }

  private static void follow(
      ReadableByteChannel fromSource,
      Path path,
      Options options,
      Progress progress,
      Consumer<Follower.Position> send) {
    // recipe begins
    try (Follower follower = Follower.create(fromSource, path, options, progress)) { // later: open
      send.accept(follower.position()); // the source answers with an increment
      follower.apply(fromSource); // as a whole or not at all, also after a crash

      Database copy = follower.database(); // it only reads
      System.out.println(copy.get(NAMES, 7L) + ", " + follower.lag());
    }
    // recipe ends
  }

  @Test
  void runs() {
    Database source = open();
    source.put(NAMES, 7L, "Ada");
    BackupReport report = source.backup(directory().resolve("full.pando"));
    Follower.Position position = new Follower.Position(report.source(), report.txnId());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    answer(source, position, Channels.newChannel(out));
    ReadableByteChannel in = Channels.newChannel(new ByteArrayInputStream(out.toByteArray()));
    Path path = directory().resolve("follower.pando");
    List<Follower.Position> sent = new ArrayList<>();
    follow(in, path, Options.defaults(), (_, _) -> {}, sent::add);
    assertThat(sent).containsExactly(position);
    assertThat(open(path, Options.defaults().withReadOnly(true)).get(NAMES, 7L)).isEqualTo("Ada");
  }

  @Test
  void isInTheReadme() throws IOException {
    ReadmeCode.assertHas(FollowerRecipeTest.class);
  }
}
