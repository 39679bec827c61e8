package dev.pando.kafka.streams;

import dev.pando.Database;
import dev.pando.Range;
import dev.pando.ReadTxn;
import dev.pando.Table;
import dev.pando.WriteTxn;
import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import dev.pando.error.CorruptFileException;
import dev.pando.error.StorageException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data of a store: a table in the database of its task, the changes that are not committed, the
 * offsets of its changelog and its position. One thread at a time writes, commits, opens and closes
 * it; any number read, and see each write when it returns.
 */
final class StoreTable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreTable.class);
  private static final String POSITION = "position";

  private final String name;
  private final Table<byte[], byte[]> entries;
  private final Table<Tuple2<String, Integer>, Long> offsetTable;
  private final Table<String, byte[]> notes;
  private final Map<TopicPartition, Long> offsets = new ConcurrentHashMap<>();
  private final StateAge age = new StateAge();
  private final Set<StoreIterator> iterators = ConcurrentHashMap.newKeySet();

  /** A new one each time that the store is opened: a position cannot be cleared. */
  private volatile Position position = Position.emptyPosition();

  private @Nullable TaskContext context;
  private volatile @Nullable TaskDatabase task;
  private volatile Uncommitted uncommitted = new Uncommitted();
  private Consumer<WriteTxn> beforeCommit = _ -> {};

  /** The newest offset of the changelog records in {@link #uncommitted}, by partition. */
  private final Map<TopicPartition, Long> restored = new HashMap<>();

  /** Whether the state was too old when the store was opened; a commit of an offset ends it. */
  private boolean isTooOld;

  private int maxKey;
  private boolean restoring;

  /** Whether {@link #uncommitted} has changes that do not come from the changelog. */
  private boolean hasOwnChanges;

  StoreTable(String name) {
    this.name = Objects.requireNonNull(name, "name cannot be null");
    this.entries = Table.of("store " + name, Codec.bytes(), Codec.bytes());
    this.offsetTable =
        Table.of("offsets " + name, Codec.tuple(Codec.utf8(), Codec.i32()), Codec.i64());
    this.notes = Table.of("notes " + name, Codec.utf8(), Codec.bytes());
  }

  String name() {
    return name;
  }

  /** Where the store's entries are. */
  Table<byte[], byte[]> entries() {
    return entries;
  }

  /** Small facts about the store, which are committed with its entries. */
  Table<String, byte[]> notes() {
    return notes;
  }

  /** What each commit does after it has written the changes. */
  void beforeCommit(Consumer<WriteTxn> action) {
    beforeCommit = action;
  }

  TaskContext context() {
    return Objects.requireNonNull(context, "the store is not initialized");
  }

  /**
   * The position, whose monitor is the store's lock, as in Kafka's own stores. Only {@link #open}
   * replaces it, in the thread that writes, while the store is closed.
   */
  Position position() {
    return position;
  }

  /** Opens the table; {@code apply} puts a changelog record into the store. */
  void init(
      StateStoreContext stateStoreContext,
      @Nullable StateStore root,
      Runnable opened,
      Consumer<ConsumerRecord<byte[], byte[]>> apply) {
    context = new TaskContext(stateStoreContext);
    open(opened);
    if (root != null) {
      try {
        context().register(root, records -> restore(records, opened, apply));
      } catch (RuntimeException | Error e) {
        closeAfter(e);
        throw e;
      }
    }
  }

  /** Open with all that {@code opened} reads, or closed: Kafka Streams does not close it then. */
  private void open(Runnable opened) {
    TaskDatabase database;
    try {
      database = TaskDatabase.open(context().stateDirectory(), context().isLogged(name));
    } catch (TaskDatabase.DamagedFileException e) {
      throw context().corrupted(e);
    }
    position = Position.emptyPosition();
    task = database;
    try {
      read(database);
      opened.run();
    } catch (CorruptFileException e) {
      replace(e);
      closeAfter(e);
      throw damaged(e);
    } catch (RuntimeException | Error e) {
      closeAfter(e);
      throw e;
    }
  }

  private void read(TaskDatabase database) {
    offsets.clear();
    try (ReadTxn tx = database.database().beginRead()) {
      tx.scan(offsetTable)
          .forEach(
              entry ->
                  offsets.put(
                      new TopicPartition(entry.key().first(), entry.key().second()),
                      entry.value()));
      age.read(tx, notes, !offsets.isEmpty());
      isTooOld = context().restoresOldState() && age.exceeds(context().maxRestoreAge());
      maxKey = tx.raw(entries).maxKey();
      byte[] before = tx.get(notes, POSITION);
      if (before != null) {
        position.merge(TaskContext.decodePosition(before));
      }
    }
  }

  boolean isOpen() {
    return task != null;
  }

  private TaskDatabase task() {
    TaskDatabase open = task;
    if (open == null) {
      throw new InvalidStateStoreException("Store " + name + " is currently closed");
    }
    return open;
  }

  void checkOpen() {
    task();
  }

  private Database database() {
    return task().database();
  }

  byte @Nullable [] note(String key) {
    return database().get(notes, key);
  }

  /** The newest value of a key. */
  byte @Nullable [] get(Bytes key) {
    Database database = database();
    Uncommitted.Version changed = uncommitted.get(key);
    if (changed != null) {
      return changed.value();
    }
    try {
      return database.get(entries, key.get());
    } catch (IllegalStateException e) {
      checkOpen(); // another thread may have closed the store meanwhile
      throw e;
    } catch (CorruptFileException e) {
      replace(e);
      throw new ProcessorStateException("Store " + name + " is damaged", e);
    }
  }

  /**
   * Stores a value, or deletes the key if the value is null. Any reader sees it at once. {@link
   * #putIsDone} follows, without the store's lock.
   */
  void put(Bytes key, byte @Nullable [] value) {
    TaskDatabase open = task();
    if (key.get().length > maxKey) {
      throw new ProcessorStateException(
          "Store "
              + name
              + " cannot store a key of "
              + key.get().length
              + " bytes, with what Kafka adds to it; at most "
              + maxKey
              + " bytes are allowed: use shorter keys, or another kind of store");
    }
    synchronized (position()) {
      uncommitted.put(key, value);
      hasOwnChanges |= !restoring;
    }
    if (!restoring) {
      open.beginProcessing();
    }
  }

  /** Writes changes before Kafka Streams commits them if they take much memory. */
  void putIsDone() {
    if (uncommitted.bytes() <= context().maxUncommittedBytes()) {
      return;
    }
    if (hasOwnChanges) {
      task().writeAhead(name); // no offset belongs to them
      write(Map.of());
    } else {
      write(Map.copyOf(restored));
    }
  }

  /** The first entry of an interval, or the last one; null if it has none. */
  Map.@Nullable Entry<Bytes, byte[]> first(Interval interval, boolean forward) {
    try (StoreIterator found = StoreIterator.of(this, interval, forward)) {
      if (!found.hasNext()) {
        return null;
      }
      var entry = found.next();
      return Map.entry(entry.key, entry.value);
    }
  }

  /** The number of entries, exactly. */
  long count() {
    checkOpen();
    try (StoreIterator all = StoreIterator.of(this, Interval.ALL, true)) {
      return all.count();
    }
  }

  /** The store of this moment, for an iterator that closing the store closes; null if closed. */
  @Nullable StoreView view(StoreIterator user) {
    Position lock = position;
    synchronized (lock) {
      TaskDatabase open = task;
      if (open == null || lock != position) { // or it was closed, and is open again
        return null;
      }
      // First the changes: those that a commit moves meanwhile are then seen twice, not never.
      Uncommitted now = uncommitted;
      long moment = now.beginView();
      try {
        StoreView view = new StoreView(now, moment, open.database().beginRead(), entries);
        iterators.add(user);
        return view;
      } catch (RuntimeException | Error e) {
        now.endView();
        throw e;
      }
    }
  }

  void closed(StoreIterator iterator) {
    iterators.remove(iterator);
  }

  private void restore(
      Collection<ConsumerRecord<byte[], byte[]>> records,
      Runnable opened,
      Consumer<ConsumerRecord<byte[], byte[]>> apply) {
    if (!isOpen()) {
      open(opened);
    }
    synchronized (position()) {
      restoring = true;
      try {
        ConsumerRecord<byte[], byte[]> last = null;
        for (ConsumerRecord<byte[], byte[]> record : records) {
          apply.accept(record);
          context().advance(position, record);
          last = record;
        }
        if (last != null) { // all are of the store's partition of its changelog
          restored.put(new TopicPartition(last.topic(), last.partition()), last.offset());
        }
      } finally {
        restoring = false;
      }
    }
    putIsDone();
  }

  /** Null has Kafka Streams restore the store from the beginning of its changelog. */
  @Nullable Long committedOffset(TopicPartition partition) {
    checkOpen();
    if (isTooOld && offsets.containsKey(partition)) {
      LOG.warn(
          "The last commit of store {} is older than {} of {} ms: it will be restored",
          name,
          PandoStores.RESTORE_MAX_AGE_CONFIG,
          context().maxRestoreAge());
      return null;
    }
    return offsets.get(partition);
  }

  /**
   * Commits the changes with their offsets. An empty map, or a null value, removes offsets, see
   * {@link StateStore#commit}.
   */
  void commit(Map<TopicPartition, Long> changelogOffsets) {
    TaskDatabase open = task;
    if (open == null) {
      return;
    }
    Map<TopicPartition, @Nullable Long> changed = new HashMap<>(changelogOffsets);
    if (changelogOffsets.isEmpty()) {
      offsets.keySet().forEach(partition -> changed.put(partition, null));
    }
    boolean same =
        changed.entrySet().stream()
            .allMatch(entry -> Objects.equals(offsets.get(entry.getKey()), entry.getValue()));
    boolean hasChanges = !same || !uncommitted.isEmpty();
    // A store that seldom changes is not older than the others.
    boolean isRenewed = open.isProcessing() && age.exceeds(context().maxRestoreAge() / 12);
    if (isRenewed || (hasChanges && (open.isProcessing() || context().isStandby()))) {
      age.renew();
    }
    if (isRenewed || hasChanges) {
      write(changed);
    }
    open.committed(name);
  }

  private void write(Map<TopicPartition, @Nullable Long> changed) {
    Uncommitted written = uncommitted;
    try (WriteTxn tx = database().beginWrite()) {
      written.writeTo(tx.raw(entries).batch());
      beforeCommit.accept(tx);
      if (!changed.isEmpty()) {
        age.write(tx, notes);
        changed.forEach((partition, offset) -> setOffset(tx, partition, offset));
      }
      synchronized (position()) {
        tx.put(notes, POSITION, TaskContext.encode(position));
      }
      tx.commit();
    } catch (CorruptFileException e) {
      replace(e);
      throw damaged(e);
    } catch (StorageException e) {
      throw new ProcessorStateException("Store " + name + " cannot commit its changes", e);
    }
    synchronized (position()) {
      uncommitted = new Uncommitted();
    }
    forget();
    isTooOld &= changed.isEmpty();
    changed.forEach(
        (partition, offset) -> {
          if (offset == null) {
            offsets.remove(partition);
          } else {
            offsets.put(partition, offset);
          }
        });
  }

  /** After the database is closed, if the changelog has the data. */
  private void replace(CorruptFileException damage) {
    if (context().isLogged(name)) {
      task().replace(damage);
    }
  }

  private StreamsException damaged(CorruptFileException damage) {
    return context().isLogged(name)
        ? context().corrupted(damage)
        : new ProcessorStateException("Store " + name + " is damaged", damage);
  }

  private void setOffset(WriteTxn tx, TopicPartition partition, @Nullable Long offset) {
    Tuple2<String, Integer> key = new Tuple2<>(partition.topic(), partition.partition());
    if (offset == null) {
      tx.delete(offsetTable, key);
    } else {
      tx.put(offsetTable, key, offset);
    }
  }

  /** Removes entries in a commit. */
  void deleteBelow(WriteTxn tx, byte[] key) {
    tx.deleteRange(entries, Range.lessThan(key));
  }

  /** Closes the table and its iterators. What was not committed is dropped. */
  void close() {
    TaskDatabase open = task;
    if (open == null) {
      return;
    }
    synchronized (position()) {
      task = null;
    }
    try {
      closeIterators();
    } finally {
      uncommitted = new Uncommitted();
      forget();
      open.close();
    }
  }

  private void closeIterators() {
    RuntimeException error = null;
    for (StoreIterator iterator : List.copyOf(iterators)) {
      try {
        iterator.close();
      } catch (RuntimeException e) {
        if (error == null) {
          error = e;
        } else {
          error.addSuppressed(e);
        }
      }
    }
    if (error != null) {
      throw error;
    }
  }

  private void closeAfter(Throwable error) {
    try {
      close();
    } catch (RuntimeException e) {
      error.addSuppressed(e);
    }
  }

  private void forget() {
    restored.clear();
    hasOwnChanges = false;
  }
}
