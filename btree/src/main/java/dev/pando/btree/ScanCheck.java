package dev.pando.btree;

import java.util.function.Consumer;

/** Checks that the three ways to read a tree agree: forward, backward and key by key. */
final class ScanCheck {
  /** Number of look-ups: all keys of a tree of up to this many entries, about as many of others. */
  private static final long LOOK_UPS = 10_000;

  private final Tree tree;
  private final Consumer<String> problems;
  private final Slice key = new Slice();
  private final Slice value = new Slice();

  ScanCheck(Tree tree, Consumer<String> problems) {
    this.tree = tree;
    this.problems = problems;
  }

  void check() {
    long forward = forward();
    long backward = backward();
    if (forward != backward) {
      problems.accept(
          "the tree at page %d reads differently backward and forward".formatted(tree.rootPgno));
    }
  }

  private long forward() {
    Cursor cursor = new Cursor(tree);
    KeyBuffer wanted = new KeyBuffer(Tree.maxKey(tree.leaves.pageSize));
    Slice got = new Slice();
    long every = Math.max(1, tree.entries / LOOK_UPS);
    long sum = 0;
    long n = 0;
    for (boolean on = cursor.first(); on; on = cursor.next()) {
      cursor.entry(key, value);
      sum += mix();
      if (n++ % every == 0) {
        wanted.set(key.segment, key.offset, (int) key.length);
        if (!tree.get(wanted, got) || got.offset != value.offset || got.length != value.length) {
          problems.accept(
              "the tree at page %d: entry %d of a scan is not found by its key"
                  .formatted(tree.rootPgno, n));
        }
      }
    }
    compareCount("forward", n);
    return sum;
  }

  private long backward() {
    Cursor cursor = new Cursor(tree);
    long sum = 0;
    long n = 0;
    for (boolean on = cursor.last(); on; on = cursor.prev()) {
      cursor.entry(key, value);
      sum += mix();
      n++;
    }
    compareCount("backward", n);
    return sum;
  }

  /** Returns a number that depends on the places of key and value, in any order of visits. */
  private long mix() {
    long x = key.offset * 0x9E3779B97F4A7C15L + value.offset * 31 + key.length * 7 + value.length;
    return x ^ x >>> 29;
  }

  private void compareCount(String direction, long n) {
    if (n != tree.entries) {
      problems.accept(
          "the tree at page %d: a %s scan sees %d of %d entries"
              .formatted(tree.rootPgno, direction, n, tree.entries));
    }
  }
}
