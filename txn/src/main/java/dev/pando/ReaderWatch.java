package dev.pando;

import dev.pando.txn.events.Counters;
import dev.pando.txn.file.Housekeeping;
import dev.pando.txn.readers.Publication;
import dev.pando.txn.readers.ReaderSlot;
import dev.pando.txn.readers.ReaderSlots;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Watches the readers of this process: logs those that are open for long, and ends those that are
 * open for too long. Also releases unused maps while no reader begins.
 */
final class ReaderWatch implements Housekeeping.Task {
  private static final Logger LOG = System.getLogger(ReaderWatch.class.getName());

  /** The time that a running operation has to finish after its reader was ended. */
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long FOLLOW_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final String HELD = ": pages that it shows cannot be reused";

  private final Path path;
  private final ReaderSlots readers;
  private final Publication publication;
  private final Counters counters;
  private final long warning;
  private final long limit;
  private final @Nullable Consumer<LongReader> listener;
  private long lastFollow = System.nanoTime();

  ReaderWatch(
      Path path, ReaderSlots readers, Publication publication, Options options, Counters counters) {
    this.path = path;
    this.readers = readers;
    this.publication = publication;
    this.counters = counters;
    this.warning = nanos(options.readerWarning());
    this.limit = nanos(options.readerLimit());
    this.listener = options.readerListener();
  }

  /** A limit in nanoseconds; null is none. */
  static long nanos(@Nullable Duration duration) {
    return duration == null ? Long.MAX_VALUE : duration.toNanos();
  }

  @Override
  public void tick(long now) {
    readers.freeLeft();
    readers.forEachOwn(slot -> look(slot, now));
    readers.lookAtFloor();
    readers.giveBackFree(now);
    if (now - lastFollow > FOLLOW_NANOS) {
      lastFollow = now;
      publication.refresh();
    }
  }

  /**
   * Ends readers whose snapshots are about to be overwritten, and frees the slots of ended ones.
   */
  synchronized void end(LongPredicate txnIds) {
    long now = System.nanoTime();
    readers.forEachOwn(
        slot -> {
          if (txnIds.test(slot.pin() - 1)) {
            end(slot, now);
          }
        });
  }

  private void end(ReaderSlot slot, long now) {
    Long endedAt = slot.endedAt();
    if (endedAt == null) {
      if (slot.end(now)) {
        long age = ReaderSlot.age(slot.since(), now);
        tell(slot, age, true, " and was ended: an increment overwrites pages that it shows");
      }
    } else if (now - endedAt > GRACE_NANOS) {
      slot.freeEnded();
    }
  }

  private synchronized void look(ReaderSlot slot, long now) {
    long age = ReaderSlot.age(slot.since(), now);
    if (age < warning && age < limit) {
      return;
    }
    Long endedAt = slot.endedAt();
    if (endedAt != null) {
      if (now - endedAt > GRACE_NANOS) {
        slot.freeEnded();
      }
    } else if (age >= limit) {
      if (slot.end(now)) {
        tell(slot, age, true, " and was ended" + HELD);
      }
    } else if (slot.warnOnce()) {
      tell(slot, age, false, HELD);
    }
  }

  private void tell(ReaderSlot slot, long nanos, boolean ended, String what) {
    counters.longReader(slot.pin() - 1, nanos, ended);
    Duration age = Duration.ofNanos(nanos);
    LongReader reader = new LongReader(slot.pin() - 1, age, ended, slot.openedAt());
    LOG.log(
        Logger.Level.WARNING,
        "%s: a read transaction on snapshot %d has been open for %.1f s%s%s"
            .formatted(
                path,
                reader.txnId(),
                age.toMillis() / 1000.0,
                what,
                reader.openedAt() == null
                    ? "; set Options.withLeakTracking to log where it was opened"
                    : ", opened at:"),
        reader.openedAt());
    if (listener != null) {
      listener.accept(reader);
    }
  }
}
