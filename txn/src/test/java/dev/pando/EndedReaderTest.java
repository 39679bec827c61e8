package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.btree.Tree;
import dev.pando.codec.Codec;
import dev.pando.error.CorruptFileException;
import dev.pando.error.DatabaseFailedException;
import dev.pando.pager.PageMap;
import dev.pando.pager.PageReader;
import dev.pando.txn.catalog.SnapshotEntry;
import dev.pando.txn.readers.ReaderSlot;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link Options#withReaderLimit} ends, and when. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
@Tag("proof")
class EndedReaderTest extends DatabaseTestBase {
  private static final byte[] KEY = {1};
  private static final Table<byte[], byte[]> RAW = Table.of("raw", Codec.bytes(), Codec.bytes());

  private final List<LongReader> ended = new CopyOnWriteArrayList<>();

  /** Two users' readers are ended, one after the other: older readers have had their turn. */
  private void awaitTwoEnds(Database db) {
    for (int i = 0; i < 2; i++) {
      int before = ended.size();
      try (ReadTxn young = db.beginRead()) {
        while (young.isOpen() || ended.size() == before) {
          LockSupport.parkNanos(1_000_000);
        }
      }
    }
  }

  private Options limited() {
    return Options.defaults()
        .withReaderLimit(Duration.ofMillis(100))
        .withReaderListener(
            reader -> {
              if (reader.ended()) {
                ended.add(reader);
              }
            });
  }

  @Test
  void checkIsNotEnded() {
    HookedStorage storage = new HookedStorage();
    Database db = open(limited().withStorage(storage.files()));
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    storage.beforeRead = once(storage, () -> awaitTwoEnds(db)); // it reads the meta slots
    CheckReport _ = db.check().throwIfBad();
    assertThat(ended).hasSize(2);
  }

  private static Runnable once(HookedStorage storage, Runnable action) {
    return () -> {
      storage.beforeRead = () -> {};
      action.run();
    };
  }

  @Test
  void warmUpIsNotEnded() {
    Database db = open(limited());
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    int[] calls = {0};
    db.warmUp(
        (_, _) -> {
          if (calls[0]++ == 0) {
            awaitTwoEnds(db);
          }
        });
    assertThat(ended).hasSize(2);
  }

  /** A snapshot that is kept while it is listed, checked or counted. */
  @Test
  void listsOfSnapshotsAreNotEnded() {
    Database db = open(limited());
    db.update(tx -> tx.put(NAMES, 1L, "x"));
    NamedSnapshot _ = db.snapshots().create("first");
    db.update(tx -> tx.put(NAMES, 1L, "y"));
    SnapshotEntry entry;
    try (ReadTxn tx = db.beginOwnRead()) {
      entry = tx.snapshot().named().entries().getFirst();
    }
    try (ReadTxn kept = db.snapshots().keep(entry)) {
      awaitTwoEnds(db);
      assertThat(kept).isNotNull();
      assertThat(kept.get(NAMES, 1L)).isEqualTo("x");
    }
    try (ReadTxn users = db.snapshots().open("first")) {
      awaitTwoEnds(db);
      assertThat(users.isOpen()).isFalse();
    }
  }

  /** Each of them reads a page, and what it read counts only if the reader is open afterwards. */
  enum Operation {
    CONTAINS(reader -> reader.table.contains(KEY)),
    COPY(reader -> reader.table.get(KEY)),
    VIEW(reader -> reader.table.get(KEY, reader.view)),
    GET_ALL(reader -> reader.table.getAll(new byte[][] {KEY}, new View[] {reader.view})),
    FOR_EACH(reader -> reader.cursor.forEach((key, _) -> key.length() == 1)),
    READ(reader -> reader.table.read(KEY, MemorySegment::byteSize)),
    NEXT(reader -> reader.cursor.next()),
    SEEK(reader -> reader.cursor.seek(KEY)),
    VALUE(reader -> reader.cursor.value(reader.view)),
    ENTRY(reader -> reader.cursor.entry(new View(), reader.view));

    private final Consumer<Reader> step;

    Operation(Consumer<Reader> step) {
      this.step = step;
    }
  }

  private record Reader(
      ReadTxn tx, RawTable table, RawCursor cursor, HookedPages pages, View view) {}

  @Test
  void aReaderThatIsEndedWhileItReadsGetsNothing() throws Exception {
    Database db = open(Options.defaults().withReaderLimit(Duration.ofHours(1)));
    db.update(
        tx -> {
          boolean _ = tx.put(RAW, KEY, new byte[100_000]);
          for (byte i = 2; i < 100; i++) { // more than one leaf
            boolean _ = tx.put(RAW, new byte[] {i}, new byte[900]);
          }
        });
    for (Operation operation : Operation.values()) {
      getsNothing(db, operation);
    }
  }

  private static void getsNothing(Database db, Operation operation) throws Exception {
    try (ReadTxn tx = db.beginRead()) {
      HookedPages pages = new HookedPages(tx.snapshot().map());
      Tree tree = new Tree(pages, tx.catalogEntry("raw").root());
      RawTable table = tx.raw("raw");
      set(table, "tree", tree);
      set(table, "version", 0L);
      RawCursor cursor = new RawCursor(tx, tx.raw("raw"), tree);
      Reader reader = new Reader(tx, table, cursor, pages, new View());
      boolean _ = operation == Operation.NEXT || cursor.first();
      pages.hook = () -> end(tx);
      assertThatThrownBy(() -> operation.step.accept(reader))
          .as("%s", operation)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Options.withReaderLimit");
      assertThat(pages.hook).as("a page was read").isNull();
      assertThatThrownBy(reader.view::length)
          .as("the view of %s", operation)
          .isInstanceOf(IllegalStateException.class);
    }
  }

  /**
   * What is read after the loss of the locks may be of another state: it is neither there nor
   * damaged.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aStepThatReadsAfterTheLossOfTheLocksSaysSo(boolean damaged) throws Exception {
    Database db = open();
    db.update(
        tx -> {
          for (byte i = 0; i < 100; i++) { // more than one leaf
            boolean _ = tx.put(RAW, new byte[] {i}, new byte[900]);
          }
        });
    CheckReport _ = db.check().throwIfBad();
    try (ReadTxn tx = db.beginRead()) {
      HookedPages pages = new HookedPages(tx.snapshot().map());
      Tree tree = new Tree(pages, tx.catalogEntry("raw").root());
      RawCursor cursor = new RawCursor(tx, tx.raw("raw"), tree);
      assertThat(cursor.first()).isTrue();
      pages.hook =
          () -> {
            db.lifecycle().lose();
            if (damaged) {
              throw new CorruptFileException(pages.name(), 7, "a page of another state");
            }
          };
      assertThatThrownBy(
              () -> {
                while (cursor.next()) {
                  assertThat(pages.hook).as("no leaf was entered").isNotNull();
                }
              })
          .isInstanceOf(DatabaseFailedException.class);
    }
    db.close();
  }

  private static void end(ReadTxn tx) {
    try {
      Field slot = ReadTxn.class.getDeclaredField("slot");
      slot.setAccessible(true);
      assertThat(((ReaderSlot) slot.get(tx)).end(System.nanoTime())).isTrue();
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static void set(RawTable table, String field, Object value) throws Exception {
    Field found = RawTable.class.getDeclaredField(field);
    found.setAccessible(true);
    found.set(table, value);
  }

  @Test
  void aViewIsCheckedAfterACopy() {
    Database db = open();
    db.update(tx -> tx.put(BLOBS, 1L, new byte[100]));
    View view = new View();
    try (ReadTxn tx = db.beginRead()) {
      assertThat(tx.raw(BLOBS).get(new byte[] {0, 0, 0, 0, 0, 0, 0, 1}, view)).isTrue();
      assertThat(view.contentEquals(MemorySegment.ofArray(new byte[1]))).isFalse();
    }
    assertThatThrownBy(() -> view.contentEquals(MemorySegment.ofArray(new byte[1])))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has ended");
  }

  /** The pages of a map, with something to be done when one is looked for. */
  private static final class HookedPages implements PageReader {
    private final PageMap map;
    private Runnable hook;

    HookedPages(PageMap map) {
      this.map = map;
    }

    @Override
    public int pageSize() {
      return map.pageSize();
    }

    @Override
    public long locate(long pgno, long birth) {
      long address = map.locate(pgno, birth);
      Runnable action = hook;
      hook = null;
      if (action != null) {
        action.run();
      }
      return address;
    }

    @Override
    public MemorySegment segment(long address) {
      return map.segment(address);
    }

    @Override
    public long offset(long address) {
      return map.offset(address);
    }

    @Override
    public String name() {
      return map.name();
    }
  }
}
