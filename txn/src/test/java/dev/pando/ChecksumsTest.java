package dev.pando;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.CorruptFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;

/** {@link Options#withChecksums}: a byte of a value that is changed before and after it is read. */
class ChecksumsTest extends DatabaseTestBase {
  private static final String STORED = "value of this test";
  private static final String CHANGED = "value of this Test";

  private Options with(Options.Checksums checksums) {
    return Options.defaults().withReadOnly(true).withChecksums(checksums);
  }

  private void create() {
    try (Database db = Database.open(file())) {
      boolean _ = db.put(NAMES, 1L, STORED);
    }
  }

  /** Each copy that the file has of the value gets another byte. */
  private void change(String from, String to) throws IOException {
    String content =
        new String(Files.readAllBytes(file()), java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThat(content).contains(from);
    try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
      for (int at = content.indexOf(from); at >= 0; at = content.indexOf(from, at + 1)) {
        assertThat(channel.write(ByteBuffer.wrap(to.getBytes(UTF_8)), at)).isEqualTo(to.length());
      }
    }
  }

  @Test
  void atFirstTouch() throws IOException {
    create();
    change(STORED, CHANGED);
    Database db = open(with(Options.Checksums.FIRST_TOUCH));
    assertThatThrownBy(() -> db.get(NAMES, 1L)).isInstanceOf(CorruptFileException.class);
    change(CHANGED, STORED);
    assertThat(db.get(NAMES, 1L)).isEqualTo(STORED);
    change(STORED, CHANGED);
    assertThat(db.get(NAMES, 1L)).as("it was verified before").isEqualTo(CHANGED);
    change(CHANGED, STORED);
  }

  @Test
  void never() throws IOException {
    create();
    change(STORED, CHANGED);
    Database db = open(with(Options.Checksums.NEVER));
    assertThat(db.get(NAMES, 1L)).isEqualTo(CHANGED);
    assertThat(db.check().ok()).as("a check verifies all the same").isFalse();
    change(CHANGED, STORED);
  }

  @Test
  void atEveryTouch() throws IOException {
    create();
    Database db = open(with(Options.Checksums.EVERY_TOUCH));
    assertThat(db.get(NAMES, 1L)).isEqualTo(STORED);
    change(STORED, CHANGED);
    assertThatThrownBy(() -> db.get(NAMES, 1L)).isInstanceOf(CorruptFileException.class);
    change(CHANGED, STORED);
    assertThat(db.get(NAMES, 1L)).isEqualTo(STORED);
  }
}
