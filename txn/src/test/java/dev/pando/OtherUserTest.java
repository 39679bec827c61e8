package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A user who may read the database and not write it. Needs root, to run a process as another user.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
@Tag("proof")
class OtherUserTest extends DatabaseTestBase {
  private static final int NOBODY = 65534;

  @BeforeEach
  void letOthersIn() throws IOException {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/setpriv"))
            && (Integer) Files.getAttribute(directory(), "unix:uid") == 0,
        "skipped: needs root and setpriv");
    Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path lockFile() {
    return directory().resolve("test.pando-lock");
  }

  private static PeerJvm stranger() throws IOException {
    return PeerJvm.startAs(NOBODY);
  }

  /** It made writers fail: "its lock file was deleted or replaced". */
  @Test
  void theReaderIsFirst() throws Exception {
    Database first = open();
    Churn.load(first);
    closeChecked(first);
    Files.delete(lockFile());
    try (PeerJvm reader = stranger()) {
      reader.expect("opened", "open-readonly " + file());
      assertThat(Files.exists(lockFile())).isFalse();
      assertThat(reader.ask("hold a")).startsWith("holds");
      keepsItsState(reader);
      reader.expect("opened", "open-readonly " + file()); // as it is now
      assertThat(reader.ask("put 1 x")).contains("ReadOnlyException");
      reader.expect("closed", "close");
    }
  }

  /** It waited without an end. */
  @Test
  void theWriterIsFirst() throws Exception {
    Database db = open();
    Churn.load(db);
    try (PeerJvm reader = stranger()) {
      try (WriteTxn tx = db.beginWrite()) {
        reader.expect("opened", "open-readonly " + file());
        assertThat(reader.ask("hold a")).startsWith("holds");
        boolean _ = tx.put(NAMES, 1L, "ours");
        tx.commit();
      }
      closeChecked(db);
      keepsItsState(reader);
    }
  }

  /** Several processes write one after the other while it reads; none cuts the file. */
  private void keepsItsState(PeerJvm reader) throws IOException {
    String sum = reader.ask("held-sum a");
    Database db = open();
    final long before = db.stat().pageCount();
    Churn.run(db, 1, 1);
    try (PeerJvm other = PeerJvm.open(file())) {
      other.expect("done", "churn 2 1");
      reader.expect(sum, "held-sum a");
      overwriteSome(db);
    }
    db.compact();
    closeChecked(db);
    reader.expect(sum, "held-sum a");
    assertThat(reader.ask("check")).isEqualTo("sound");
    reader.expect("freed", "free-all");
    reader.expect("closed", "close");
    Database again = open();
    final long grown = again.stat().pageCount();
    Churn.run(again, 5, 1);
    assertThat(again.stat().pageCount()).isLessThanOrEqualTo(grown); // pages are used again
    again.compact();
    assertThat(again.stat().pageCount()).isLessThan(4 * before);
    closeChecked(again);
  }

  private static void overwriteSome(Database db) {
    for (long key = 0; key < 5; key++) {
      long mine = key;
      db.update(tx -> tx.put(Churn.DATA, mine, new byte[Churn.VALUE]));
    }
  }

  /** Also when its program drops its lock. */
  @Test
  void afterItHasReadTheFiles() throws Exception {
    Database db = open();
    Churn.load(db);
    try (PeerJvm reader = stranger()) {
      reader.expect("opened", "open-readonly " + file());
      assertThat(reader.ask("hold a")).startsWith("holds");
      String sum = reader.ask("held-sum a");
      long locks = ListedLocks.count(reader.pid());
      reader.expect("copied", "copy READ_ALL_BYTES");
      Await.until("the reader's locks", () -> ListedLocks.count(reader.pid()) >= locks);
      Churn.run(db, 1, 1);
      reader.expect(sum, "held-sum a");
    }
  }

  /** Who may write the database may write its lock file. */
  @Test
  void theLockFileIsTheirsToo() throws Exception {
    Database made = open();
    made.update(tx -> tx.put(NAMES, 1L, "x"));
    closeChecked(made);
    Files.delete(lockFile());
    Files.setAttribute(file(), "unix:uid", NOBODY);
    Files.setAttribute(file(), "unix:gid", NOBODY);
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-rw----"));
    Database db = open();
    PosixFileAttributes database = Files.readAttributes(file(), PosixFileAttributes.class);
    PosixFileAttributes lock = Files.readAttributes(lockFile(), PosixFileAttributes.class);
    assertThat(lock.permissions()).isEqualTo(database.permissions());
    assertThat(lock.group()).isEqualTo(database.group());
    assertThat(lock.owner()).isEqualTo(database.owner());
    try (PeerJvm other = stranger()) {
      other.expect("opened", "open " + file());
      other.expect("done", "put 1 theirs");
      db.update(tx -> tx.put(NAMES, 2L, "ours"));
      other.expect("sound", "check");
    }
  }
}
