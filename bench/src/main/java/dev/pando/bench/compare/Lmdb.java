package dev.pando.bench.compare;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The functions of liblmdb. Those that only read mapped pages are called as critical: without
 * leaving the state in which Java code runs, which is sound as they neither block nor call back.
 */
@SuppressWarnings("restricted") // calling C is the point
final class Lmdb {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBRARY = library();

  static final MethodHandle ENV_CREATE = bind("mdb_env_create", false, ADDRESS);
  static final MethodHandle ENV_MAPSIZE = bind("mdb_env_set_mapsize", false, ADDRESS, JAVA_LONG);
  static final MethodHandle ENV_MAXDBS = bind("mdb_env_set_maxdbs", false, ADDRESS, JAVA_INT);
  static final MethodHandle ENV_OPEN =
      bind("mdb_env_open", false, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT);
  static final MethodHandle ENV_CLOSE = bindVoid("mdb_env_close", false);
  static final MethodHandle TXN_BEGIN =
      bind("mdb_txn_begin", false, ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
  static final MethodHandle TXN_COMMIT = bind("mdb_txn_commit", false, ADDRESS);
  static final MethodHandle TXN_ABORT = bindVoid("mdb_txn_abort", false);
  static final MethodHandle DBI_OPEN =
      bind("mdb_dbi_open", false, ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
  static final MethodHandle GET = bind("mdb_get", true, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
  static final MethodHandle DEL = bind("mdb_del", false, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
  static final MethodHandle CURSOR_OPEN =
      bind("mdb_cursor_open", false, ADDRESS, JAVA_INT, ADDRESS);
  static final MethodHandle CURSOR_CLOSE = bindVoid("mdb_cursor_close", false);
  static final MethodHandle CURSOR_PUT =
      bind("mdb_cursor_put", false, ADDRESS, ADDRESS, ADDRESS, JAVA_INT);
  static final MethodHandle CURSOR_GET =
      bind("mdb_cursor_get", true, ADDRESS, ADDRESS, ADDRESS, JAVA_INT);

  static final int NOT_FOUND = -30798;

  private Lmdb() {}

  /** Fails unless a function has returned 0. */
  static void check(int code) {
    if (code != 0) {
      throw new IllegalStateException("liblmdb returned " + code);
    }
  }

  static IllegalStateException failed(Throwable e) {
    return new IllegalStateException(e);
  }

  private static MethodHandle bind(
      String function, boolean critical, java.lang.foreign.MemoryLayout... arguments) {
    return bind(function, critical, FunctionDescriptor.of(JAVA_INT, arguments));
  }

  private static MethodHandle bindVoid(String function, boolean critical) {
    return bind(function, critical, FunctionDescriptor.ofVoid(ADDRESS));
  }

  private static MethodHandle bind(String function, boolean critical, FunctionDescriptor type) {
    Linker.Option[] options =
        critical ? new Linker.Option[] {Linker.Option.critical(false)} : new Linker.Option[0];
    return LINKER.downcallHandle(LIBRARY.findOrThrow(function), type, options);
  }

  /** The same library that lmdbjava uses where it has one for this system, else the system's. */
  private static SymbolLookup library() {
    Path bundled = bundled();
    if (bundled != null) {
      return SymbolLookup.libraryLookup(bundled, Arena.global());
    }
    for (String name : List.of("liblmdb.so.0", "liblmdb.so", "liblmdb.dylib")) {
      try {
        return SymbolLookup.libraryLookup(name, Arena.global());
      } catch (IllegalArgumentException e) {
        // The next name.
      }
    }
    throw new IllegalStateException("there is no liblmdb on this machine");
  }

  private static @Nullable Path bundled() {
    String arch = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
    String name = "/org/lmdbjava/native/" + arch + "-linux-gnu.so";
    if (!System.getProperty("os.name").equals("Linux")) {
      return null;
    }
    try (InputStream in = Lmdb.class.getResourceAsStream(name)) {
      if (in == null) {
        return null;
      }
      Path file = Files.createTempFile("liblmdb", ".so");
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
