package dev.pando.ratis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a recorded history is linearizable: whether each call can take effect at one moment
 * between its start and its end, so that all results are those of calls one after the other. A
 * history is linearizable if that of each key is, so keys are checked one by one.
 *
 * <p>The search is that of Wing and Gong, with Lowe's memory of what was tried: the set of calls
 * that took effect and the value that they left. A write without an answer may be left out.
 */
final class Linearizability {
  /** What has taken effect, and the value after it. */
  private record Reached(BitSet calls, @Nullable String value) {}

  /** A moment of the search: what was reached, and what to try next from there. */
  private record Step(Reached reached, ArrayDeque<Integer> next) {}

  private final List<Operation> calls;
  private final BitSet known = new BitSet();
  private final Set<Reached> tried = new HashSet<>();

  private Linearizability(List<Operation> ofKey) {
    this.calls = ofKey.stream().sorted(Comparator.comparingLong(Operation::start)).toList();
    for (int i = 0; i < calls.size(); i++) {
      known.set(i, calls.get(i).known());
    }
  }

  /** The keys whose history is not linearizable. */
  static List<String> refused(List<Operation> history) {
    Map<String, List<Operation>> byKey =
        history.stream()
            .collect(Collectors.groupingBy(Operation::key, TreeMap::new, Collectors.toList()));
    List<String> refused = new ArrayList<>();
    byKey.forEach(
        (key, ofKey) -> {
          if (!new Linearizability(ofKey).accepts()) {
            refused.add(key);
          }
        });
    return refused;
  }

  private boolean accepts() {
    ArrayDeque<Step> path = new ArrayDeque<>();
    path.push(step(new Reached(new BitSet(), null)));
    while (!path.isEmpty()) {
      Step now = path.peek();
      if (isComplete(now.reached().calls())) {
        return true;
      }
      Integer call = now.next().poll();
      if (call == null) {
        Step _ = path.pop();
        continue;
      }
      Reached after = after(now.reached(), call);
      if (after != null && tried.add(after)) {
        path.push(step(after));
      }
    }
    return false;
  }

  private boolean isComplete(BitSet done) {
    BitSet left = (BitSet) known.clone();
    left.andNot(done);
    return left.isEmpty();
  }

  /** The next call is one that began before any other one of those left had ended. */
  private Step step(Reached reached) {
    long end = Long.MAX_VALUE;
    List<Integer> possible = new ArrayList<>();
    for (int i = reached.calls().nextClearBit(0); i < calls.size(); ) {
      Operation call = calls.get(i);
      if (call.start() > end) {
        break;
      }
      possible.add(i);
      end = Math.min(end, call.end());
      i = reached.calls().nextClearBit(i + 1);
    }
    long first = end;
    possible.removeIf(i -> calls.get(i).start() > first);
    possible.sort(Comparator.comparingLong(i -> calls.get(i).end()));
    return new Step(reached, new ArrayDeque<>(possible));
  }

  /** Null if the call cannot have its result here. */
  private @Nullable Reached after(Reached before, int index) {
    Operation call = calls.get(index);
    String value = before.value();
    boolean same = Objects.equals(value, call.expected());
    boolean possible =
        switch (call.kind()) {
          case PUT -> true;
          case GET -> Objects.equals(value, call.value());
          case DELETE -> !call.known() || call.succeeded() == (value != null);
          case COMPARE_AND_SET -> !call.known() || call.succeeded() == same;
        };
    if (!possible) {
      return null;
    }
    String left =
        switch (call.kind()) {
          case PUT -> call.value();
          case GET -> value;
          case DELETE -> null;
          case COMPARE_AND_SET -> same ? call.value() : value;
        };
    BitSet done = (BitSet) before.calls().clone();
    done.set(index);
    return new Reached(done, left);
  }
}
