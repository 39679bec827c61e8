package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The README's recipe for large values. */
final class LargeValuesRecipeTest extends DatabaseTestBase {
  // recipe begins
  static final BlobTable<String> FILES = BlobTable.of("files", Codec.utf8());

  static void store(Database db, String name, Path file) throws IOException {
    try (FileChannel source = FileChannel.open(file)) {
      db.update(tx -> tx.put(FILES, name, source)); // all or nothing, in little memory
    }
  }

  static long send(Database db, String name, WritableByteChannel target) throws IOException {
    try (ReadTxn tx = db.beginRead();
        BlobChannel source = tx.read(FILES, name)) {
      return source == null ? -1 : source.transferTo(target);
    }
  }

  static void append(WriteTxn tx, String name, ByteBuffer more) throws IOException {
    BlobChannel value = tx.write(FILES, name);
    value.position(value.size()).write(more); // rewrites the last chunk
  }

  // recipe ends

  @Test
  void storesSendsAndAppends() throws IOException {
    Database db = open();
    byte[] bytes = BlobTableTest.bytes(300_000, 1);
    Path file = Files.write(directory().resolve("source"), bytes);
    store(db, "a", file);
    db.update(tx -> append(tx, "a", ByteBuffer.wrap(new byte[5])));
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    assertThat(send(db, "a", Channels.newChannel(sent))).isEqualTo(300_005);
    assertThat(sent.toByteArray()).isEqualTo(Arrays.copyOf(bytes, 300_005));
    assertThat(send(db, "b", Channels.newChannel(sent))).isEqualTo(-1);
  }

  @Test
  void readsTheSameInTheReadme() throws IOException {
    ReadmeCode.assertHas(LargeValuesRecipeTest.class);
  }
}
