package dev.pando.testkit;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Locks on single bytes of one file, which processes hold and lose when they end. */
final class ByteLocks {
  private static final class Holders {
    private final Set<Object> all = new HashSet<>();
    private boolean exclusive;
  }

  private final Map<Long, Holders> held = new HashMap<>();

  synchronized boolean tryLock(Object owner, long position, boolean exclusive) {
    Holders holders = held.computeIfAbsent(position, p -> new Holders());
    boolean others = holders.all.stream().anyMatch(holder -> holder != owner);
    if (others && (exclusive || holders.exclusive)) {
      return false;
    }
    holders.all.add(owner);
    holders.exclusive = exclusive;
    return true;
  }

  synchronized boolean isHeldBy(Object owner, long position) {
    Holders holders = held.get(position);
    return holders != null && holders.all.contains(owner);
  }

  synchronized void unlock(Object owner, long position) {
    Holders holders = held.get(position);
    if (holders != null && holders.all.remove(owner) && holders.all.isEmpty()) {
      held.remove(position);
    }
  }

  synchronized void unlockAll(Object owner) {
    held.values().forEach(holders -> holders.all.remove(owner));
    held.values().removeIf(holders -> holders.all.isEmpty());
  }
}
