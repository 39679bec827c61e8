package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.txn.readers.SlotLayout;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A reader publishes what it takes for the newest commit before it looks whether that is so. In
 * between, a process that takes over the writing may see a pin on a state whose pages were reused
 * long ago.
 */
@Tag("proof")
class StalePinTest extends DatabaseTestBase {
  /** Writes into a free slot of a process's block what a reader would for a moment. */
  private void pin(PeerJvm editor, long pid, long value) throws IOException {
    long last = (SlotLayout.SLOTS_PER_BLOCK - 1) * SlotLayout.SLOT_BYTES;
    long at = SlotLayout.FIRST_SLOT + last + SlotLayout.PIN;
    editor.expect("poked", "poke " + file() + "-lock " + pid + " " + at + " " + value);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 50})
  void holdsNothingAndFreesNothing(int commitsAgo) throws Exception {
    Database db = open();
    Churn.load(db);
    final long loaded = db.stat().pageCount();
    try (PeerJvm reader = PeerJvm.open(file());
        PeerJvm writer = PeerJvm.open(file());
        PeerJvm editor = PeerJvm.start()) {
      assertThat(reader.ask("hold a")).startsWith("holds");
      final String a = reader.ask("held-sum a");
      Churn.run(db, 1, 1);
      db.snapshots().create("b");
      assertThat(reader.ask("hold b")).startsWith("holds");
      final String b = reader.ask("held-sum b");
      Churn.run(db, 2, 2);
      final long stale = db.stat().txnId() - commitsAgo;
      Churn.run(db, 4, 1);
      assertThat(reader.ask("hold c")).startsWith("holds");
      final String c = reader.ask("held-sum c");
      Churn.run(db, 5, 1);
      pin(editor, reader.pid(), stale + 1);
      writer.expect("done", "put -1 takes-over");
      pin(editor, reader.pid(), 0);
      writer.expect("done", "churn 6 3");
      reader.expect(a, "held-sum a");
      reader.expect(b, "held-sum b");
      reader.expect(c, "held-sum c");
      writer.expect("sound", "check");
      reader.expect("freed", "free-all");
      Churn.run(db, 9, 3);
      assertThat(db.stat().pageCount()).isLessThan(8 * loaded);
      assertThat(db.snapshots().list()).hasSize(1);
    }
  }
}
