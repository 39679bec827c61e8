package dev.pando.pager;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.Security;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/**
 * The files that this JVM has open, by name and by the system's file key. On POSIX systems, closing
 * any channel of a file drops all locks that the JVM has on it. So a file that is listed here is
 * not opened a second time, under any name.
 *
 * <p>Two class loaders may each have a copy of this class, of different versions. They share the
 * list and its monitor: the list is a security property, which holds only strings and which test
 * frameworks do not reset, and a string literal is one object in the whole JVM.
 *
 * <p>See DECISIONS.md, 'List of open files'.
 */
final class OpenFiles {
  private static final String LIST = "dev.pando.open-files";

  private OpenFiles() {}

  /**
   * Adds the keys of a file that is about to be opened.
   *
   * @return false if one of them is listed; nothing is added then
   */
  static boolean add(Set<String> keys) {
    Set<String> encoded = encode(keys);
    synchronized (LIST) {
      Set<String> all = read();
      boolean isNew = Collections.disjoint(all, encoded);
      if (isNew) {
        all.addAll(encoded);
        write(all);
      }
      return isNew;
    }
  }

  /** Removes the keys of a file whose channels are closed. */
  static void remove(Set<String> keys) {
    Set<String> encoded = encode(keys);
    synchronized (LIST) {
      Set<String> all = read();
      if (all.removeAll(encoded)) {
        write(all);
      }
    }
  }

  private static Set<String> encode(Set<String> keys) {
    Set<String> encoded = new HashSet<>();
    for (String key : keys) {
      encoded.add(Base64.getEncoder().encodeToString(key.getBytes(UTF_8)));
    }
    return encoded;
  }

  private static Set<String> read() {
    Set<String> all = new HashSet<>();
    String list = Security.getProperty(LIST);
    if (list != null && !list.isEmpty()) {
      Collections.addAll(all, list.split(","));
    }
    return all;
  }

  private static void write(Set<String> all) {
    Security.setProperty(LIST, String.join(",", all));
  }
}
