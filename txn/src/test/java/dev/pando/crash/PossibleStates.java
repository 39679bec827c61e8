package dev.pando.crash;

import dev.pando.Durability;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a database on a disk may hold: one expected state for those who read it now, and those that
 * a crash may leave. Used by all programs on a simulated disk, of one process or of several.
 */
final class PossibleStates {
  /** What a power cut may leave, the oldest first; the last is what processes see. */
  private List<Model> history = new ArrayList<>(List.of(Model.empty()));

  /**
   * Commits that were cut short: the process that writes next, or opens the file alone, finds one
   * of them or {@link #seen}, and from then on no process finds another.
   */
  private final List<Model> doubtful = new ArrayList<>();

  /** What the running commit will leave; null if none runs. */
  private @Nullable Model inFlight;

  private boolean metaMayBeWritten;

  /** What processes see. */
  Model seen() {
    return history.getLast();
  }

  /** What a power cut may leave now. */
  List<Model> afterPowerCut() {
    return with(new ArrayList<>(history));
  }

  /** What a process may find that opens the file or begins to write: no power was cut. */
  List<Model> findable() {
    return with(new ArrayList<>(List.of(seen())));
  }

  private List<Model> with(List<Model> states) {
    states.addAll(doubtful);
    if (inFlight != null && metaMayBeWritten) {
      states.add(inFlight);
    }
    return states;
  }

  /** A commit begins that will leave this. */
  void commits(Model next) {
    inFlight = next;
  }

  /** Whether a commit runs. */
  boolean isCommitting() {
    return inFlight != null;
  }

  /** A meta of the running commit is about to be written. */
  void writesMeta() {
    metaMayBeWritten = inFlight != null;
  }

  /** The running commit has returned. */
  void acknowledged(Durability durability) {
    Model done = inFlight;
    commitIsOver();
    if (done != null && durability == Durability.SYNC) {
      durable(done);
    } else if (done != null) {
      history.add(done);
    }
  }

  /** The running commit, if there is one, left nothing, or what was found meanwhile. */
  void commitIsOver() {
    inFlight = null;
    metaMayBeWritten = false;
  }

  /** The running commit, if there is one, was not acknowledged. */
  void cutShort() {
    if (inFlight != null && metaMayBeWritten) {
      doubtful.add(inFlight);
    }
    commitIsOver();
  }

  /** Whether a commit was cut short and no process has settled it. */
  boolean inDoubt() {
    return !doubtful.isEmpty();
  }

  /** No process will find what was cut short, unless it is what is seen now. */
  void settled() {
    doubtful.clear();
  }

  /** All that a power cut may leave is this. */
  void durable(Model state) {
    history = new ArrayList<>(List.of(state));
  }

  /** What a process found; whether that is another state than the one that was seen. */
  boolean found(Model state) {
    boolean other = state != seen();
    if (other) {
      history.add(state);
    }
    return other;
  }

  /** A process found a state: until the next sync a power cut may leave it or one before it. */
  void durableUpTo(Model last, List<Model> states) {
    history = new ArrayList<>();
    for (Model state : states) {
      history.add(state);
      if (state == last) { // equal ones may have been there before
        break;
      }
    }
  }

  /** The power was cut: the next process finds any of these. */
  void begin(List<Model> states) {
    history = new ArrayList<>(states);
  }
}
