package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.CorruptFileException;
import dev.pando.error.UnsupportedFormatException;
import dev.pando.pager.FreeRun;
import dev.pando.pager.IncrementReader;
import dev.pando.pager.IncrementWriter;
import dev.pando.pager.Meta;
import dev.pando.pager.SequentialOutput;
import dev.pando.pager.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Increments with right checksums whose meta has a page count that is too large. */
final class CraftedIncrementTest extends DatabaseTestBase {
  private static final int LONGEST_RUN = Integer.MAX_VALUE;

  private Path path(String name) {
    return directory().resolve(name);
  }

  @BeforeEach
  void makeIncrement() throws IOException {
    Database db = open();
    db.update(
        tx -> {
          for (long key = 0; key < 1000; key++) {
            boolean _ = tx.put(NAMES, key, "name " + key);
          }
        });
    BackupReport report = db.backup(path("full"));
    boolean _ = db.put(NAMES, 7L, "seven");
    try (var out = Channels.newChannel(Files.newOutputStream(path("1")))) {
      BackupReport _ = db.backupSince(report, out);
    }
  }

  /** The increment with another meta. */
  private Path crafted(UnaryOperator<Meta> change) throws IOException {
    Storage storage = Options.defaults().storage();
    try (IncrementReader reader = new IncrementReader(storage.open(path("1"), false));
        var channel = Channels.newChannel(Files.newOutputStream(path("crafted")))) {
      Meta meta = reader.meta();
      IncrementWriter writer =
          new IncrementWriter(
              new SequentialOutput(channel, path("crafted")),
              change.apply(meta),
              reader.since(),
              reader.bytes() / meta.pageSize());
      reader.forEach(writer::write);
      writer.end();
    }
    return path("crafted");
  }

  private static Meta withPages(Meta meta, long more, long free, List<FreeRun> runs) {
    List<FreeRun> all = new ArrayList<>(meta.freeRuns());
    all.addAll(runs);
    return meta.withContent(
        meta.pageCount() + more, meta.freePages() + free, meta.catalog(), meta.freeTree(), all);
  }

  private void assertRefused(Path increment, Class<? extends Exception> type, String... parts) {
    assertThatThrownBy(
            () -> Database.restore(path("full"), List.of(increment), path("restored.pando")))
        .isInstanceOf(type)
        .hasMessageContaining(increment.toString())
        .hasMessageContainingAll(parts);
    assertThat(path("restored.pando")).doesNotExist();
    assertThat(path("restored.pando-new")).doesNotExist();
    assertFollowerRefuses(increment, type, parts);
  }

  private void assertFollowerRefuses(
      Path increment, Class<? extends Exception> type, String... parts) {
    try (Follower follower = Follower.create(path("full"), path("follower.pando"))) {
      assertThatThrownBy(() -> apply(follower, increment))
          .isInstanceOf(type)
          .hasMessageContaining("follower.pando")
          .hasMessageContainingAll(parts);
      assertThat(path("follower.pando-increment")).doesNotExist();
      apply(follower, path("1"));
      CheckReport _ = follower.database().check().throwIfBad();
    } finally {
      delete("follower.pando");
      delete("follower.pando-lock");
    }
  }

  private static void apply(Follower follower, Path increment) {
    try (var channel = Files.newByteChannel(increment)) {
      Follower.Position _ = follower.apply(channel);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void delete(String name) {
    try {
      boolean _ = Files.deleteIfExists(path(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1000, 1 << 20, 1L << 40, (1L << 48) - 100_000})
  void pagesThatNoFileHas(long more) throws IOException {
    Path used = crafted(meta -> withPages(meta, more, 0, List.of()));
    assertRefused(used, CorruptFileException.class, "page count=", "pages in use");
    Path free = crafted(meta -> withPages(meta, more, more, List.of()));
    assertRefused(free, CorruptFileException.class, "free pages=", "free tree");
  }

  /** Free pages that inline runs have, more than the check of any database has memory for. */
  @Test
  void freePagesThatAreTooMany() throws IOException {
    int runs = 64;
    Path many =
        crafted(
            meta -> {
              List<FreeRun> all = new ArrayList<>();
              for (long i = 0; i < runs; i++) {
                all.add(new FreeRun(meta.pageCount() + i * LONGEST_RUN, LONGEST_RUN, true));
              }
              long more = (long) runs * LONGEST_RUN;
              return withPages(meta, more, more, all);
            });
    assertRefused(many, UnsupportedFormatException.class, "pages for each of the", "heap");
  }

  /** A database may have become larger by pages that are free: they are in no increment. */
  @Test
  void aFreeTail() throws IOException {
    Path tail =
        crafted(
            meta ->
                withPages(meta, 9000, 9000, List.of(new FreeRun(meta.pageCount(), 9000, true))));
    BackupReport _ = Database.restore(path("full"), List.of(tail), path("restored.pando"));
    Database restored = open(path("restored.pando"), Options.defaults());
    assertThat(restored.get(NAMES, 7L)).isEqualTo("seven");
    assertThat(restored.stat().freePages()).isGreaterThanOrEqualTo(9000);
    try (Follower follower = Follower.create(path("full"), path("follower.pando"))) {
      apply(follower, tail);
      assertThat(follower.database().get(NAMES, 7L)).isEqualTo("seven");
      CheckReport _ = follower.database().check().throwIfBad();
    }
  }
}
