package dev.pando.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/**
 * A file of H2's MVStore, opened by MVStore itself, which holds a lock on it meanwhile. The types
 * of a map's keys and values are found by trying: they must take all bytes of all pages, and keys
 * must ascend.
 */
final class MvStoreFile implements OtherStore {
  private static final byte[] ENCRYPTED = "H2encrypt".getBytes(US_ASCII);

  private final Path file;
  private final List<String> names;

  private final Stamp stamp;

  private MvStoreFile(Path file, List<String> names, Stamp stamp) {
    this.file = file;
    this.names = names;
    this.stamp = stamp;
  }

  /** Opens a file. MVStore locks a file for a whole process, so it is opened for each pass. */
  static MvStoreFile open(Path file) throws IOException {
    Stamp stamp = Stamp.of(file);
    refuseEncrypted(file);
    List<String> names;
    try (MVStore store = openStore(file)) {
      names = List.copyOf(new TreeSet<>(store.getMapNames()));
    }
    if (names.contains("_") || names.stream().anyMatch(each -> each.startsWith("openTrans"))) {
      throw Fault.usage(
          "%s: is an SQL database of H2, whose rows have types of H2's own; write its tables as CSV with H2: CALL CSVWRITE('people.csv', 'SELECT * FROM people')"
              .formatted(file));
    }
    return new MvStoreFile(file, names, stamp);
  }

  private static void refuseEncrypted(Path file) throws IOException {
    try (InputStream from = Files.newInputStream(file)) {
      if (Arrays.equals(from.readNBytes(ENCRYPTED.length), ENCRYPTED)) {
        throw Fault.usage(
            file + ": is encrypted; copy it, with its key, by MVStoreTool to one that is not");
      }
    }
  }

  private static MVStore openStore(Path file) {
    try {
      return new MVStore.Builder()
          .fileName(file.toAbsolutePath().toString())
          .readOnly()
          .autoCommitDisabled()
          .cacheSize(1)
          .open();
    } catch (MVStoreException e) {
      throw fault(file, e);
    } catch (RuntimeException e) { // of a file that is damaged, such as one that ends too early
      throw Fault.found(file + ": is damaged: " + e.getMessage(), e);
    }
  }

  private static Fault fault(Path file, MVStoreException e) {
    return switch (e.getErrorCode()) {
      case DataUtils.ERROR_FILE_LOCKED ->
          Fault.usage(file + ": another program has it open; end that program first", e);
      case DataUtils.ERROR_UNSUPPORTED_FORMAT ->
          Fault.usage(file + ": found another format of MVStore: " + e.getMessage(), e);
      default -> Fault.found(file + ": is damaged: " + e.getMessage(), e);
    };
  }

  @Override
  public String product() {
    return "MVStore";
  }

  @Override
  public List<String> tables() {
    return names;
  }

  /** A version that is damaged is passed over for an older one, and the oldest has no map. */
  @Override
  public String whyEmpty() {
    return "; if it had one, the file is damaged, and MVStore has opened an older version of it";
  }

  @Override
  public Source table(String name) {
    if (!names.contains(name)) {
      throw Fault.found("%s: there is no map %s; there are %s".formatted(file, name, names));
    }
    List<Entries> fitting = new ArrayList<>();
    Throwable first = null;
    for (MvType.Stored keys : MvType.Stored.values()) {
      for (MvType.Stored values : MvType.Stored.values()) {
        Entries tried = new Entries(name, keys, values);
        Throwable failure = tried.failure();
        if (failure != null) {
          first = first == null ? failure : first;
        } else if (fitting.stream().noneMatch(tried::isAsBytes)) {
          fitting.add(tried);
        }
      }
    }
    if (fitting.size() == 1 || (!fitting.isEmpty() && fitting.getFirst().isEmpty())) {
      return fitting.getFirst();
    }
    throw fitting.isEmpty() ? unreadable(name, first) : ambiguous(name, fitting);
  }

  private Fault unreadable(String name, @Nullable Throwable first) {
    if (first instanceof MVStoreException e
        && String.valueOf(e.getMessage()).contains("File corrupted")) {
      return fault(file, e);
    }
    String found =
        first != null && Unreadable.isCauseOf(first)
            ? "objects in Java's serialisation, or arrays of them, which are not read because they may run code"
            : "bytes that none of MVStore's types for objects, strings, longs and byte arrays wrote, or that are damaged";
    return Fault.usage(
        "%s, map %s: found %s; copy it, in a program with its classes, to a map of numbers, strings or byte arrays, or choose other maps with --from"
            .formatted(file, name, found),
        first == null ? new IllegalStateException("nothing was tried") : first);
  }

  private Fault ambiguous(String name, List<Entries> fitting) {
    List<String> ways = new ArrayList<>();
    fitting.forEach(each -> ways.add(each.keys + " and " + each.values));
    return Fault.usage(
        "%s, map %s: its bytes may be keys and values of several of MVStore's types (%s), and the file does not say which; choose other maps with --from"
            .formatted(file, name, ways));
  }

  /** A map, read in one of the ways. */
  private final class Entries implements Source {
    private final String name;
    private final MvType.Stored keys;
    private final MvType.Stored values;
    private long count;

    Entries(String name, MvType.Stored keys, MvType.Stored values) {
      this.name = name;
      this.keys = keys;
      this.values = values;
    }

    boolean isEmpty() {
      return count == 0;
    }

    /** Whether it shows the texts of another way as bytes: texts of ASCII are stored as these. */
    boolean isAsBytes(Entries other) {
      return isAsBytes(keys, other.keys) && isAsBytes(values, other.values);
    }

    private static boolean isAsBytes(MvType.Stored type, MvType.Stored other) {
      return type == other || (type == MvType.Stored.BYTES && other == MvType.Stored.STRINGS);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Kind kind() {
      return Kind.ENTRIES;
    }

    @Override
    public List<String> columns() {
      return List.of("key", "value");
    }

    @Override
    public List<String> key() {
      return List.of("key");
    }

    @Override
    public @Nullable String guessed() {
      return isEmpty()
          ? null
          : "%s: the file does not say its types; all its bytes fit keys of MVStore's type for %s, and values of that for %s"
              .formatted(name, keys.words(), values.words());
    }

    /** What is wrong with this way to read the map; null if nothing is. */
    @Nullable Throwable failure() {
      count = 0;
      try {
        read(_ -> count++);
        return null;
      } catch (Unreadable | MVStoreException | IllegalArgumentException e) {
        return e;
      } catch (IllegalStateException
          | IndexOutOfBoundsException
          | NegativeArraySizeException
          | java.nio.BufferUnderflowException
          | UnsupportedOperationException
          | AssertionError
          | StackOverflowError
          | OutOfMemoryError e) { // of bytes that are not what they are taken for
        return e;
      }
    }

    @Override
    public void forEach(Visitor visitor) {
      try {
        read(visitor);
      } catch (MVStoreException e) {
        throw fault(file, e);
      }
    }

    private void read(Visitor visitor) {
      MvType keyType = new MvType(keys, false);
      @Nullable Object[] row = new Object[2];
      Object before = null;
      try (MVStore own = openStore(file)) {
        MVMap<Object, Object> map =
            own.openMap(
                name,
                new MVMap.Builder<Object, Object>()
                    .keyType(keyType)
                    .valueType(new MvType(values, true)));
        Cursor<Object, Object> cursor = map.cursor(null);
        while (cursor.hasNext()) {
          Object key = cursor.next();
          if (before != null && keyType.compare(before, key) >= 0) {
            throw new IllegalStateException("keys do not ascend");
          }
          before = key;
          row[0] = key;
          row[1] = cursor.getValue();
          visitor.row(row);
        }
      }
    }
  }

  @Override
  public void checkUnchanged() throws IOException {
    stamp.check(file);
  }

  /** It is open only while a map is read. */
  @Override
  public void close() {}
}
