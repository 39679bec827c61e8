package dev.pando;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.btree.Tree;
import dev.pando.codec.Codec;
import dev.pando.crash.Figures;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What was found of tables holds for later snapshots, until a commit changes it. */
class KeptTablesTest extends DatabaseTestBase {
  private static final int TABLES = 12;

  /** Of each table two descriptions, which differ in the codec of the values. */
  private static Table<Long, ?> describe(int table, boolean text) {
    return text
        ? Table.of("table " + table, Codec.u64(), Codec.utf8())
        : Table.of("table " + table, Codec.u64(), Codec.i64());
  }

  /** What a table has under key 1. */
  private record Content(boolean text, String value) {}

  private record Reader(ReadTxn tx, Map<Integer, Content> model) {}

  private final Random random = new Random(new Figures("kept tables", 1).seed(0));
  private final List<Table<Long, ?>> numbers = new ArrayList<>();
  private final List<Table<Long, ?>> texts = new ArrayList<>();
  private final Map<Integer, Content> model = new HashMap<>();

  private Table<Long, ?> table(int which, boolean text) {
    return random.nextInt(3) == 0 ? describe(which, text) : (text ? texts : numbers).get(which);
  }

  @SuppressWarnings("unchecked") // the description says so
  private void put(WriteTxn tx, int which, boolean text, long value) {
    if (text) {
      tx.put((Table<Long, String>) table(which, true), 1L, Long.toString(value));
    } else {
      tx.put((Table<Long, Long>) table(which, false), 1L, value);
    }
    model.put(which, new Content(text, Long.toString(value)));
  }

  private void change(WriteTxn tx) {
    int which = random.nextInt(TABLES);
    Content before = model.get(which);
    switch (random.nextInt(6)) {
      case 0 -> {
        assertThat(tx.drop("table " + which)).isEqualTo(before != null);
        model.remove(which);
      }
      case 1 -> {
        int to = random.nextInt(TABLES);
        if (before != null && !model.containsKey(to)) {
          assertThat(tx.rename("table " + which, "table " + to)).isTrue();
          model.put(to, before);
          model.remove(which);
        }
      }
      case 2 -> {
        Map<Integer, Content> then = Map.copyOf(model);
        Savepoint savepoint = tx.savepoint();
        change(tx);
        tx.rollbackTo(savepoint);
        model.clear();
        model.putAll(then);
      }
      default ->
          put(tx, which, before == null ? random.nextBoolean() : before.text, random.nextLong());
    }
  }

  private void commitOrNot(Database db) {
    Map<Integer, Content> then = Map.copyOf(model);
    try (WriteTxn tx = db.beginWrite()) {
      for (int i = random.nextInt(4); i > 0; i--) {
        change(tx);
      }
      if (random.nextInt(10) == 0) { // the file becomes longer, and so do maps
        tx.put(BLOBS, random.nextLong(), new byte[100_000]);
      }
      if (random.nextInt(4) > 0) {
        tx.commit(Durability.ASYNC);
        return;
      }
    }
    model.clear();
    model.putAll(then);
  }

  private void check(Reader reader) {
    for (int i = random.nextInt(TABLES); i > 0; i--) {
      int which = random.nextInt(TABLES);
      Content content = reader.model.get(which);
      boolean text = content == null ? random.nextBoolean() : content.text;
      Object found = reader.tx.get(table(which, text), 1L);
      assertThat(found == null ? null : found.toString())
          .isEqualTo(content == null ? null : content.value);
      if (content != null) {
        assertThatThrownBy(() -> reader.tx.get(table(which, !text), 1L))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void eachSnapshotFindsItsOwnTables() {
    for (int i = 0; i < TABLES; i++) {
      numbers.add(describe(i, false));
      texts.add(describe(i, true));
    }
    Database db = open(Options.defaults().withPageSize(512));
    List<Reader> readers = new ArrayList<>();
    for (int round = 0; round < 1_500; round++) {
      commitOrNot(db);
      readers.add(new Reader(db.beginRead(), Map.copyOf(model)));
      readers.forEach(this::check);
      while (readers.size() > random.nextInt(1, 6)) {
        readers.remove(random.nextInt(readers.size())).tx.close();
      }
    }
    readers.forEach(reader -> reader.tx.close());
  }

  private static Tree tree(Database db, Table<?, ?> table) {
    try (ReadTxn tx = db.beginRead()) {
      return tx.findTree(table);
    }
  }

  @Test
  void aTableIsLookedUpOnceUntilItChanges() {
    Database db = open();
    db.update(
        tx -> {
          tx.put(NAMES, 1L, "first");
          tx.put(WORDS, "key", "first");
        });
    Tree names = tree(db, NAMES);
    Tree words = tree(db, WORDS);
    try (ReadTxn old = db.beginRead()) {
      db.update(tx -> tx.put(WORDS, "key", "second"));
      assertThat(tree(db, NAMES)).isSameAs(names);
      assertThat(tree(db, WORDS)).isNotSameAs(words).isSameAs(tree(db, WORDS));
      assertThat(old.get(WORDS, "key")).isEqualTo("first");
      assertThat(old.findTree(WORDS)).isSameAs(old.findTree(WORDS));
      assertThat(old.findTree(NAMES)).isSameAs(names);
    }
    db.update(tx -> tx.drop(NAMES.name()));
    assertThat(db.get(NAMES, 1L)).isNull();
    assertThat(db.get(WORDS, "key")).isEqualTo("second");
  }

  @Test
  void anotherProcessChangesATable() throws Exception {
    Database db = open();
    db.update(tx -> tx.put(NAMES, 1L, "here"));
    try (PeerJvm peer = PeerJvm.open(file())) {
      for (long round = 0; round < 5; round++) {
        peer.expect("done", "put " + round + " there");
        assertThat(db.get(PeerJvm.DATA, round)).isEqualTo("there".getBytes(UTF_8));
        assertThat(db.get(NAMES, 1L)).isEqualTo("here");
        String value = "round " + round;
        db.update(tx -> tx.put(PeerJvm.DATA, 7L, value.getBytes(UTF_8)));
        assertThat(db.get(PeerJvm.DATA, 7L)).isEqualTo(value.getBytes(UTF_8));
      }
    }
  }
}
