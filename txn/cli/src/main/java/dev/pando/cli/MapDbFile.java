package dev.pando.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.mapdb.DB;
import org.mapdb.DBException;
import org.mapdb.DBMaker;
import org.mapdb.Serializer;
import org.mapdb.serializer.GroupSerializer;

/**
 * A file of MapDB 3, opened by MapDB itself. Its own read-only mode takes no lock, so a shared one
 * is held meanwhile, which refuses writers. Serializers that make objects of any class are never
 * used; the catalog is read before them, with strings alone.
 */
final class MapDbFile implements OtherStore {
  private static final int CHECKSUM_AT = 7;
  private static final int CHECKSUM_FLAG = 2;

  private final Path file;
  private final FileChannel locked;
  private final DB db;
  private final SortedMap<String, String> catalog;

  private MapDbFile(Path file, FileChannel locked, DB db, SortedMap<String, String> catalog) {
    this.file = file;
    this.locked = locked;
    this.db = db;
    this.catalog = catalog;
  }

  /**
   * Opens a file.
   *
   * @param given the file or a link to it; its log may be beside either
   */
  static MapDbFile open(Path given) throws IOException {
    refuseLog(given);
    Path file = given.toRealPath();
    refuseLog(file);
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      lock(file, channel);
      return guarded(file, () -> open(file, channel));
    } catch (Throwable e) {
      channel.close();
      throw e;
    }
  }

  private static MapDbFile open(Path file, FileChannel channel) throws IOException {
    java.nio.ByteBuffer head = java.nio.ByteBuffer.allocate(CHECKSUM_AT + 1);
    int read = channel.read(head, 0);
    DBMaker.Maker maker =
        DBMaker.fileDB(file.toFile()).readOnly().fileLockDisable().concurrencyDisable();
    if (read > CHECKSUM_AT && (head.get(CHECKSUM_AT) & CHECKSUM_FLAG) != 0) {
      maker = maker.checksumStoreEnable();
    }
    DB plain = maker.make();
    try {
      SortedMap<String, String> catalog = new TreeMap<>(plain.nameCatalogLoad());
      DB db = new DB(MapDbValues.withoutSerializers(plain.getStore()), true, false, loader(), 0);
      return new MapDbFile(file, channel, db, catalog);
    } catch (Throwable e) {
      plain.close();
      throw e;
    }
  }

  private static ClassLoader loader() {
    return MapDbFile.class.getClassLoader();
  }

  private static void lock(Path file, FileChannel channel) throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock(0, Long.MAX_VALUE, true);
    } catch (OverlappingFileLockException e) {
      throw busy(file, e);
    }
    if (lock == null) {
      throw busy(file, new IOException("it is locked"));
    }
  }

  private static Fault busy(Path file, Exception e) {
    return Fault.usage(file + ": another program has it open; end that program first", e);
  }

  /** A file with transactions has its newest commits in files beside it until it is closed. */
  private static void refuseLog(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      return;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
      for (Path each : all) {
        boolean isLog = each.getFileName().toString().startsWith(file.getFileName() + ".wal.");
        if (isLog && Files.size(each) > 0) {
          throw Fault.usage(
              "%s: found its log %s, which may have commits, allowed: none; open it with MapDB and transactionEnable(), and close it"
                  .formatted(file, each.getFileName()));
        }
      }
    }
  }

  /** What reads the file. */
  private interface Reading<T> {
    T run() throws IOException;
  }

  /** MapDB meets damage with exceptions of many types. */
  private static <T> T guarded(Path file, Reading<T> reading) throws IOException {
    try {
      return reading.run();
    } catch (Fault | Unreadable | dev.pando.error.StorageException e) {
      throw e;
    } catch (DBException.NewMapDBFormat | DBException.WrongConfiguration e) {
      throw Fault.usage(file + ": MapDB 3.1 cannot read it: " + e.getMessage(), e);
    } catch (DBException.WrongFormat e) {
      throw Fault.usage(
          file + ": is a file of MapDB, but none that DBMaker.fileDB makes: " + e.getMessage(), e);
    } catch (RuntimeException
        | AssertionError
        | java.io.IOError
        | OutOfMemoryError
        | StackOverflowError e) {
      String what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw Fault.found("%s: is damaged, or was not closed: %s".formatted(file, what), e);
    }
  }

  @Override
  public String product() {
    return "MapDB";
  }

  @Override
  public List<String> tables() {
    return catalog.keySet().stream()
        .filter(each -> each.endsWith("#type"))
        .map(each -> each.substring(0, each.indexOf('#')))
        .toList();
  }

  @Override
  public Source table(String name) {
    String type = catalog.get(name + "#type");
    if (type == null) {
      throw Fault.found("%s: there is no map %s; there are %s".formatted(file, name, tables()));
    }
    return switch (type) {
      case "TreeMap", "HashMap" -> new Collection(name, type, true);
      case "TreeSet", "HashSet" -> new Collection(name, type, false);
      default ->
          throw Fault.usage(
              "%s: %s is of type %s, allowed: TreeMap, HashMap, TreeSet, HashSet; choose others with --from"
                  .formatted(file, name, type));
    };
  }

  /** A map or a set. */
  private final class Collection implements Source {
    private final String name;
    private final String type;
    private final boolean isMap;
    private final Serializer<Object> keys;
    private final Serializer<Object> values;

    Collection(String name, String type, boolean isMap) {
      this.name = name;
      this.type = type;
      this.isMap = isMap;
      this.keys = serializer(isMap ? "#keySerializer" : "#serializer");
      this.values = isMap ? serializer("#valueSerializer") : keys;
    }

    private Serializer<Object> serializer(String which) {
      String found = catalog.get(name + which);
      Serializer<Object> known = MapDbValues.serializer(found);
      if (known == null) {
        throw unreadable(
            found == null ? "a serializer of the program's own" : "the serializer " + found);
      }
      return known;
    }

    private Fault unreadable(String found) {
      return Fault.usage(
          "%s, %s %s: found %s, which is not read because it may make any object; copy it, in the program that wrote it, to a map with serializers such as Serializer.STRING, LONG or BYTE_ARRAY, or choose others with --from"
              .formatted(file, type, name, found));
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Kind kind() {
      return isMap ? Kind.ENTRIES : Kind.KEYS;
    }

    @Override
    public List<String> columns() {
      return isMap ? List.of("key", "value") : List.of("key");
    }

    @Override
    public List<String> key() {
      return List.of("key");
    }

    @Override
    public void forEach(Visitor visitor) throws IOException {
      try {
        boolean _ =
            guarded(
                file,
                () -> {
                  visit(visitor);
                  return true;
                });
      } catch (Unreadable e) {
        throw unreadable(String.valueOf(e.getMessage()));
      }
    }

    private void visit(Visitor visitor) {
      @Nullable Object[] row = new Object[columns().size()];
      Object before = null;
      Iterator<?> all = iterator();
      while (all.hasNext()) {
        Object next = all.next();
        Object key = next instanceof Map.Entry<?, ?> entry ? entry.getKey() : next;
        boolean isSorted = type.startsWith("Tree");
        if (isSorted && before != null && group(keys).compare(before, key) >= 0) {
          throw Fault.found("%s: is damaged: keys of %s do not ascend".formatted(file, name));
        }
        before = key;
        row[0] = key;
        if (next instanceof Map.Entry<?, ?> entry) {
          row[1] = entry.getValue();
        }
        visitor.row(row);
      }
    }

    private Iterator<?> iterator() {
      return switch (type) {
        case "TreeMap" ->
            db.treeMap(name, group(keys), group(values)).open().getEntries().iterator();
        case "HashMap" -> db.hashMap(name, keys, values).open().getEntries().iterator();
        case "TreeSet" -> db.treeSet(name, group(keys)).open().iterator();
        default -> db.hashSet(name, keys).open().iterator();
      };
    }
  }

  private static GroupSerializer<Object> group(Serializer<Object> serializer) {
    return (GroupSerializer<Object>) serializer;
  }

  @Override
  public void close() throws IOException {
    try {
      db.close();
    } finally {
      locked.close();
    }
  }
}
