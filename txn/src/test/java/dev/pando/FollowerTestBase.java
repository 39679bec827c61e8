package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;

/** A source and its followers. Each follower is checked before it is closed. */
abstract class FollowerTestBase extends DatabaseTestBase {
  static final Progress SILENT = (_, _) -> {};

  private final List<Follower> followers = new ArrayList<>();

  @AfterEach
  void closeFollowers() {
    followers.forEach(this::closeChecked);
  }

  final Path path() {
    return directory().resolve("follower.pando");
  }

  final Follower follower(Follower follower) {
    followers.add(follower);
    return follower;
  }

  final void closeChecked(Follower follower) {
    if (!follower.database().lifecycle().hasEnded()) {
      try {
        CheckReport _ = follower.database().check().throwIfBad();
      } finally {
        follower.close();
      }
    }
  }

  static byte[] full(Database source) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BackupReport _ = source.backup(Channels.newChannel(out));
    return out.toByteArray();
  }

  final Follower follow(Database source) {
    return follow(source, Options.defaults());
  }

  final Follower follow(Database source, Options options) {
    Options all = options.withCloseTimeout(Duration.ofSeconds(2));
    return follower(Follower.create(channel(full(source)), path(), all, SILENT));
  }

  static ReadableByteChannel channel(byte[] bytes) {
    return Channels.newChannel(new ByteArrayInputStream(bytes));
  }

  /** What the source has that the follower has not. */
  static byte[] increment(Database source, Follower follower) {
    Follower.Position position = follower.position();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BackupReport _ =
        source.backupSince(
            position.incarnation(), position.txnId(), Channels.newChannel(out), SILENT);
    return out.toByteArray();
  }

  static void catchUp(Database source, Follower follower) {
    Follower.Position now = follower.apply(channel(increment(source, follower)));
    assertThat(now.txnId()).isEqualTo(source.stat().txnId());
    assertThat(now).isEqualTo(follower.position());
  }

  static void assertSame(Database source, Database copy) {
    assertThat(content(copy)).isEqualTo(content(source));
    assertThat(copy.stat().txnId()).isEqualTo(source.stat().txnId());
  }

  /** All tables, and those of named snapshots. */
  static Map<String, List<String>> content(Database db) {
    Map<String, List<String>> all = new TreeMap<>();
    try (ReadTxn tx = db.beginRead()) {
      addContent("", tx, all);
    }
    for (NamedSnapshot kept : db.snapshots().list()) {
      try (ReadTxn tx = db.snapshots().open(kept.name())) {
        addContent(kept.name() + "/", tx, all);
      }
    }
    return all;
  }

  private static void addContent(String prefix, ReadTxn tx, Map<String, List<String>> all) {
    for (String table : tx.tables()) {
      Table<byte[], byte[]> raw = Table.of(table, Codec.bytes(), Codec.bytes());
      List<String> entries = new ArrayList<>();
      View key = new View();
      View value = new View();
      try (RawCursor cursor = tx.raw(raw.name()).cursor()) {
        while (cursor.next()) {
          cursor.entry(key, value);
          entries.add(Arrays.toString(key.toArray()) + Arrays.hashCode(value.toArray()));
        }
      }
      all.put(prefix + table, entries);
    }
  }

  static void fill(Database db) {
    db.update(
        tx -> {
          for (long key = 0; key < 3000; key++) {
            boolean _ = tx.put(NAMES, key, "name " + key);
          }
          boolean _ = tx.put(BLOBS, 1L, new byte[3 << 20]); // longer than a part of an increment
        });
  }

  /** So many commits that pages are used again. */
  static void churn(Database db, int commits) {
    for (int i = 0; i < commits; i++) {
      long now = i;
      db.update(
          tx -> {
            for (long key = 0; key < 300; key += 7) {
              boolean _ = tx.put(NAMES, key, "churned " + now + " " + tx.txnId());
            }
          });
    }
  }
}
