package org.lmdbjava;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The open tables of an environment, by their names. Thread-safe. */
final class Handles {
  private final int max;
  private final Map<ByteBuffer, Handle> open = new HashMap<>();

  /**
   * None yet.
   *
   * @param max the most that have a name
   */
  Handles(int max) {
    this.max = max;
  }

  synchronized Handle find(byte[] name) {
    return open.get(ByteBuffer.wrap(name));
  }

  synchronized void checkRoom() {
    long named = open.values().stream().filter(each -> !each.isMain()).count();
    if (named >= max) {
      throw ResultCode.DBS_FULL.exception();
    }
  }

  synchronized void add(Handle handle) {
    open.put(ByteBuffer.wrap(handle.name()), handle);
  }

  synchronized void close(Handle handle) {
    handle.close();
    open.remove(ByteBuffer.wrap(handle.name()), handle);
  }

  synchronized List<Handle> named() {
    List<Handle> all = new ArrayList<>(open.values());
    all.removeIf(Handle::isMain);
    return all;
  }
}
