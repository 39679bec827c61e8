package dev.pando.txn.readers;

import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Notices commits of other processes while threads of this one wait for a commit. One thread checks
 * for all waiting threads and all databases of the JVM.
 *
 * <p>A check costs little, but the timer that wakes the thread costs some 30 microseconds. So while
 * nothing is committed, the thread waits until the kernel reports a write to the database file.
 * Then it checks every millisecond or so until the commit is over. A process announces a commit in
 * the lock file before it writes any page of it. It clears the announcement after it has published
 * the commit. So no commit is missed between the two. Where the kernel reports nothing, the thread
 * checks at {@linkplain #SLOW_NANOS longer intervals}.
 *
 * <p>See DECISIONS.md, 'Watch for commits of other processes'.
 */
public final class CommitWatch {
  /** The watch's view of a database. Called by the watching thread. */
  public interface Source {
    /** Returns the newest commit. */
    long current();

    /** Returns the newest commit of this process. */
    long ours();

    /** Whether a commit may be under way. */
    boolean isCommitting();

    /** Whether threads wait. */
    boolean isWanted();

    /** Wakes the waiting threads, which check for a commit. */
    void wakeWaiters();
  }

  private static final Logger LOG = System.getLogger(CommitWatch.class.getName());

  /** First pause after a commit, in nanoseconds; it grows up to {@link #FAST_NANOS}. */
  private static final long FIRST_NANOS = 500_000;

  private static final long FAST_NANOS = 2_000_000;

  /** Time without commits after which the thread waits for the kernel, in nanoseconds. */
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** Longest commit, in nanoseconds; one that takes longer belongs to a process that died. */
  private static final long LONGEST_COMMIT_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Pause between checks where the kernel reports no writes, in nanoseconds. */
  private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** Pause where the kernel reports writes, in nanoseconds: a check in case that it misses one. */
  private static final long WATCHED_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Time that a database is watched after the last thread has waited, in nanoseconds. */
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** Most events a second of other files in the directory; with more, the kernel is not asked. */
  private static final int MOST_NOISE = 50;

  /** Most commits that the kernel may fail to report; with more, it is not asked. */
  private static final int MOST_DOUBTS = 3;

  private static final long NOISE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final List<CommitWatch> ALL = new CopyOnWriteArrayList<>();

  /** The thread that watches; guarded by the class. */
  private static @Nullable Thread thread;

  /** Number of checks so far, for tests. */
  private static final LongAdder LOOKS = new LongAdder();

  private final Path file;
  private final Source source;

  /** Whether this watch is in {@link #ALL}, or about to be. */
  private volatile boolean watched;

  private volatile boolean closed;

  // Fields of the watching thread.

  private long known;
  private long pause = FIRST_NANOS;
  private long lastNews;
  private long lastWanted;
  private @Nullable WatchKey key;
  private boolean written;

  /** Commits that were seen without a report of the kernel. */
  private int doubts;

  /** Events of other files since {@link #noiseSince}. */
  private int noise;

  private long noiseSince;

  /** Time until which the kernel is not asked. */
  private long slowUntil;

  /** Makes a watch that watches nothing yet. */
  public CommitWatch(Path file, Source source) {
    this.file = file;
    this.source = source;
  }

  public static long looks() {
    return LOOKS.sum();
  }

  /**
   * Watches while a thread begins to wait, or waits for long; {@link Source#isWanted} is true
   * already. Starts the watching thread again if it has died.
   */
  public void begin() {
    if (!watched) {
      add(this);
    }
  }

  private static synchronized void add(CommitWatch one) {
    if (!one.watched && !one.closed) {
      long now = System.nanoTime();
      one.known = one.source.current();
      one.pause = FIRST_NANOS;
      one.lastNews = now;
      one.lastWanted = now;
      one.slowUntil = now;
      if (thread == null) {
        thread = Thread.ofPlatform().daemon().name("pando-news").start(CommitWatch::run);
      } else {
        thread.interrupt(); // it may be in the middle of a long pause
      }
      ALL.add(one);
      one.watched = true;
    }
  }

  /** Ends the watch before the database is closed. */
  public void close() {
    synchronized (CommitWatch.class) {
      closed = true;
      Thread running = thread;
      if (watched && running != null) {
        running.interrupt();
      }
    }
  }

  // ---- the thread

  private static void run() {
    boolean over = false;
    try (Events events = new Events()) {
      while (!over) {
        try {
          events.pause(lookAtAll(events));
        } catch (Throwable e) { // perhaps no memory: there may be some later
          complain(e);
          events.pause(WATCHED_NANOS);
        }
        over = isOver();
      }
    } finally {
      if (!over) {
        forget();
      }
    }
  }

  private static void complain(Throwable e) {
    try {
      LOG.log(
          Logger.Level.WARNING,
          "cannot check for commits of other processes; the watch goes on",
          e);
    } catch (Throwable again) {
      // The failure is logged when there is memory for it.
    }
  }

  private static synchronized boolean isOver() {
    boolean over = ALL.isEmpty();
    if (over) {
      thread = null;
    }
    return over;
  }

  /** Forgets the thread, which dies of an error: waiting threads start another one. */
  private static synchronized void forget() {
    thread = null;
    for (CommitWatch one : ALL) {
      one.watched = false;
      one.stopAsking();
    }
    ALL.clear();
  }

  private static long lookAtAll(Events events) {
    long now = System.nanoTime();
    long pause = WATCHED_NANOS;
    for (CommitWatch one : ALL) {
      pause = Math.min(pause, one.lookOrLeave(events, now));
    }
    events.cancelUnused();
    LOOKS.increment();
    return pause;
  }

  private long lookOrLeave(Events events, long now) {
    try {
      if (!closed && isWanted(now)) {
        return look(events, now);
      }
    } catch (IllegalStateException e) {
      // The database has been closed.
    }
    return leave() ? WATCHED_NANOS : FIRST_NANOS;
  }

  private boolean isWanted(long now) {
    if (source.isWanted()) {
      lastWanted = now;
    }
    return now - lastWanted < LINGER_NANOS;
  }

  /** Returns false if a thread has just begun to wait. */
  private boolean leave() {
    watched = false;
    if (!closed && source.isWanted()) {
      watched = true;
      return false;
    }
    stopAsking();
    boolean _ = ALL.remove(this);
    return true;
  }

  /** Returns the pause until the next look. */
  private long look(Events events, long now) {
    lookForNews(now);
    if (key != null && !written) {
      return WATCHED_NANOS;
    }
    if (written) {
      written = false;
      lastNews = now;
      pause = FIRST_NANOS;
      stopAsking(); // while commits come, events only cost time
      return pause;
    }
    boolean quiet = now - lastNews > QUIET_NANOS && !isCommitting(now);
    if (quiet && now - slowUntil >= 0) {
      key = events.ask(file);
      if (key == null) {
        slowUntil = now + NOISE_NANOS;
      }
      lookForNews(now); // a commit may have come before the kernel was asked
      return isCommitting(now) ? FIRST_NANOS : WATCHED_NANOS;
    }
    pause = Math.min(2 * pause, quiet ? SLOW_NANOS : FAST_NANOS);
    return pause;
  }

  private boolean isCommitting(long now) {
    return now - lastNews < LONGEST_COMMIT_NANOS && source.isCommitting();
  }

  private void lookForNews(long now) {
    long current = source.current();
    if (current != known) {
      known = current;
      source.wakeWaiters();
      if (current != source.ours()) {
        if (key != null && !written && ++doubts > MOST_DOUBTS) {
          stopAsking();
          slowUntil = now + NOISE_NANOS;
        }
        lastNews = now;
        pause = FIRST_NANOS;
      }
    }
  }

  private void stopAsking() {
    key = null;
    written = false;
  }

  /** Takes the kernel's report that something in the directory was written. */
  private void take(List<WatchEvent<?>> all, long now) {
    if (now - noiseSince > TimeUnit.SECONDS.toNanos(1)) {
      noiseSince = now;
      noise = 0;
    }
    for (WatchEvent<?> event : all) {
      boolean other = event.context() instanceof Path name && !name.equals(file.getFileName());
      if (!other) {
        written = true;
        doubts = 0;
      } else if (++noise > MOST_NOISE) {
        stopAsking();
        slowUntil = now + NOISE_NANOS;
        return;
      }
    }
  }

  /** Events of the kernel, if it reports any. */
  private static final class Events implements AutoCloseable {
    /** On other systems the JDK lists directories, which costs more than the checks. */
    private static final boolean KERNEL_TELLS = System.getProperty("os.name", "").equals("Linux");

    private @Nullable WatchService service;

    /** The keys that were asked for: databases in one directory share one. */
    private final Set<WatchKey> keys = new HashSet<>();

    /** Asks for writes to a file; returns null if the kernel cannot report them. */
    @Nullable WatchKey ask(Path file) {
      if (!KERNEL_TELLS) {
        return null;
      }
      try {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) {
          return null;
        }
        WatchService open = service;
        if (open == null) {
          open = directory.getFileSystem().newWatchService();
          service = open;
        }
        WatchKey key = directory.register(open, StandardWatchEventKinds.ENTRY_MODIFY);
        keys.add(key);
        return key;
      } catch (IOException | RuntimeException e) { // no such directory, or a limit of the system
        return null;
      }
    }

    void pause(long nanos) {
      WatchService open = service;
      try {
        if (open == null) {
          TimeUnit.NANOSECONDS.sleep(nanos);
          return;
        }
        for (WatchKey key = open.poll(nanos, TimeUnit.NANOSECONDS);
            key != null;
            key = open.poll()) {
          give(key);
        }
      } catch (InterruptedException e) {
        // A database was added or closed.
      }
    }

    private static void give(WatchKey signalled) {
      long now = System.nanoTime();
      List<WatchEvent<?>> events = signalled.pollEvents();
      for (CommitWatch one : ALL) {
        if (one.key == signalled) {
          one.take(events, now);
        }
      }
      boolean _ = signalled.reset();
    }

    /** Cancels keys that no watch uses: an event costs time even if no thread needs it. */
    void cancelUnused() {
      for (Iterator<WatchKey> all = keys.iterator(); all.hasNext(); ) {
        WatchKey key = all.next();
        if (ALL.stream().noneMatch(one -> one.key == key)) {
          key.cancel();
          all.remove();
        }
      }
    }

    @Override
    public void close() {
      WatchService open = service;
      if (open != null) {
        try {
          open.close();
        } catch (IOException e) {
          LOG.log(Logger.Level.DEBUG, "a watch of files was not closed", e);
        }
      }
    }
  }
}
