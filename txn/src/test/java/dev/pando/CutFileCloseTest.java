package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.error.StorageException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/**
 * Closing a database whose file somebody had cut short threw a bare InternalError: it reads the
 * names of snapshots through the map to say on disk that the last commit is there. Every other call
 * tells of the cut with a StorageIoException, and now close does, too; and it frees all the same.
 */
class CutFileCloseTest extends DatabaseTestBase {
  @Test
  void closeTellsThatTheFileWasCut() throws Exception {
    Database db = Database.open(file());
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    assertThat(db.<String, RuntimeException>view(tx -> tx.get(NAMES, 1L))).isEqualTo("x");
    try (RandomAccessFile file = new RandomAccessFile(file().toFile(), "rw")) {
      file.setLength(0);
    }
    assertThatThrownBy(db::close)
        .isInstanceOf(StorageException.class) // told by the map, or by the meta slots
        .hasMessageContainingAll(file().toString(), "truncated");
    Files.delete(file());
    assertThat(open().openReport().created()).isTrue(); // nobody has the lock any more
  }
}
