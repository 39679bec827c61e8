package dev.pando;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.codec.Codec;
import dev.pando.error.DatabaseFailedException;
import dev.pando.pager.MetaLayout;
import dev.pando.pager.PageHeader;
import dev.pando.txn.file.LockBlocks;
import dev.pando.txn.file.LockFile;
import dev.pando.txn.readers.SlotLayout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Another process with the same database open: it does what it is told, a line at a time. */
final class PeerJvm implements AutoCloseable {
  static final Table<Long, byte[]> DATA = Table.of("data", Codec.u64(), Codec.bytes());

  private final Process process;
  private final BufferedReader answers;
  private final PrintWriter orders;

  private PeerJvm(Process process) {
    this.process = process;
    answers = process.inputReader(UTF_8);
    orders = new PrintWriter(process.getOutputStream(), true, UTF_8);
  }

  /** Starts a process; it has opened nothing yet. */
  static PeerJvm start() throws IOException {
    return start(List.of());
  }

  /** As another user; needs root. */
  static PeerJvm startAs(int user) throws IOException {
    return start(List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups", "--"));
  }

  private static PeerJvm start(List<String> before) throws IOException {
    return new PeerJvm(ChildJvm.of(PeerJvm.class).by(before).start());
  }

  static PeerJvm open(Path file) throws IOException {
    PeerJvm peer = start();
    peer.expect("opened", "open " + file);
    return peer;
  }

  /** Sends an order without waiting for the answer. */
  void tell(String order) {
    orders.println(order);
  }

  /** The next answer; null if the process has ended. */
  @Nullable String answer() throws IOException {
    return answers.readLine();
  }

  String ask(String order) throws IOException {
    tell(order);
    return Objects.requireNonNull(answer(), () -> "the process died of: " + order);
  }

  void expect(String answer, String order) throws IOException {
    String found = ask(order);
    if (!found.equals(answer)) {
      throw new AssertionError(order + ": " + found + ", expected " + answer);
    }
  }

  long pid() {
    return process.pid();
  }

  /** SIGKILL; not through the process, which would close our ends of its streams. */
  void kill() {
    boolean _ = process.toHandle().destroyForcibly();
    Process _ = process.onExit().join();
  }

  /** Stops the process, or lets it go on. */
  void signal(String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(pid())).start();
    if (kill.waitFor() != 0) {
      throw new IOException("kill -" + name + ": " + kill.exitValue());
    }
  }

  @Override
  public void close() {
    orders.close();
    Process _ = process.onExit().join();
  }

  // ---- the other side

  private static final class Peer {
    private final Map<String, ReadTxn> held = new HashMap<>();
    private @Nullable Database db;
    private @Nullable Follower follower;
    private @Nullable WriteTxn writing;

    private Database db() {
      return Objects.requireNonNull(db);
    }

    String run(String[] order) throws Exception {
      return switch (order[0]) {
        case "open" -> open(Path.of(order[1]), Options.defaults());
        case "open-readonly" -> open(Path.of(order[1]), Options.defaults().withReadOnly(true));
        case "open-follower" -> {
          follower = Follower.open(Path.of(order[1]));
          db = follower.database();
          yield "opened";
        }
        case "open-follower-dying" -> {
          follower = Follower.open(Path.of(order[1]), dying(order[2], Integer.parseInt(order[3])));
          db = follower.database();
          yield "opened";
        }
        case "apply" -> {
          try (var channel = Files.newByteChannel(Path.of(order[1]))) {
            Follower copy = Objects.requireNonNull(follower);
            yield "at " + copy.apply(channel, Duration.ZERO, (_, _) -> {}).txnId();
          }
        }
        case "open-forgetful" -> {
          HookedStorage storage = new HookedStorage();
          storage.forgetful = true;
          yield open(Path.of(order[1]), Options.defaults().withStorage(storage.files()));
        }
        case "open-newer" -> open(Path.of(order[1]), newer(order[2]));
        case "open-dying" -> openDying(Path.of(order[1]), order[2], Integer.parseInt(order[3]));
        case "poke" -> {
          poke(Path.of(order[1]), Long.parseLong(order[2]), order[3].split(" "));
          yield "poked";
        }
        case "copy" -> {
          Copying.valueOf(order[1]).both(db().path());
          yield "copied";
        }
        case "backup-halt" -> { // dies in the middle
          db().backup(
                  Path.of(order[1]),
                  BackupForm.valueOf(order[2]),
                  (done, total) -> Runtime.getRuntime().halt(9));
          yield "not halted";
        }
        case "close" -> {
          db().close();
          yield "closed";
        }
        case "close-twice" -> {
          try {
            db().close();
          } catch (DatabaseFailedException e) {
            // it was taken for dead
          }
          db().close();
          yield "closed twice";
        }
        case "put" -> {
          db().update(tx -> tx.put(DATA, Long.parseLong(order[1]), order[2].getBytes(UTF_8)));
          yield "done";
        }
        case "get" -> {
          byte[] found = db().view(tx -> tx.get(DATA, Long.parseLong(order[1])));
          yield found == null ? "absent" : new String(found, UTF_8);
        }
        case "txn" -> String.valueOf(db().stat().txnId());
        case "hold" -> {
          ReadTxn tx = db().beginRead();
          held.put(order[1], tx);
          yield "holds " + tx.txnId();
        }
        case "sum" -> {
          try (ReadTxn tx = db().beginRead()) {
            yield String.valueOf(Churn.sum(tx));
          }
        }
        case "held-sum" -> String.valueOf(Churn.sum(Objects.requireNonNull(held.get(order[1]))));
        case "held-round" ->
            String.valueOf(SoakRounds.verify(Objects.requireNonNull(held.get(order[1]))));
        case "hold-many" -> {
          for (int i = 0; i < Integer.parseInt(order[1]); i++) {
            held.put("many" + held.size(), db().beginRead());
          }
          yield "holds " + held.size();
        }
        case "free-all" -> {
          held.values().forEach(ReadTxn::close);
          held.clear();
          yield "freed";
        }
        case "rounds" -> {
          long[] round = new long[1];
          for (int i = 0; i < Integer.parseInt(order[2]); i++) {
            db().update(Durability.valueOf(order[1]), tx -> round[0] = SoakRounds.write(tx));
          }
          yield String.valueOf(round[0]);
        }
        case "free" -> {
          Objects.requireNonNull(held.remove(order[1])).close();
          yield "freed";
        }
        case "churn" -> {
          Churn.run(db(), Integer.parseInt(order[1]), Integer.parseInt(order[2]));
          yield "done";
        }
        case "begin" -> {
          writing = db().beginWrite();
          yield "writing " + writing.txnId();
        }
        case "write" -> {
          Objects.requireNonNull(writing)
              .put(DATA, Long.parseLong(order[1]), order[2].getBytes(UTF_8));
          yield "done";
        }
        case "commit" -> {
          Objects.requireNonNull(writing).commit();
          yield "committed";
        }
        case "try-begin" -> {
          try (WriteTxn tx = db().tryBeginWrite(Duration.ofMillis(Long.parseLong(order[1])))) {
            yield tx == null ? "not yet" : "writing " + tx.txnId();
          }
        }
        case "snapshot" -> {
          Object _ = db().snapshots().create(order[1]);
          yield "done";
        }
        case "restore" -> {
          long _ = db().snapshots().restore(order[1]);
          yield "done";
        }
        case "check" -> {
          CheckReport _ = db().check().throwIfBad();
          yield "sound";
        }
        default -> "no such order";
      };
    }

    /**
     * Writes a word into the block of slots that a process has, in the lock file. For a process
     * that has the database not open: closing the file would drop its locks.
     */
    private static void poke(Path lockFile, long pid, String[] offsetAndValue) throws IOException {
      try (RandomAccessFile lock = new RandomAccessFile(lockFile.toFile(), "rw")) {
        for (long block = LockFile.HEADER_BYTES;
            block < lock.length();
            block += LockBlocks.MIN_BLOCK) {
          if (word(lock, block) == LockBlocks.SLOTS && word(lock, block + SlotLayout.PID) == pid) {
            lock.seek(block + Long.parseLong(offsetAndValue[0]));
            lock.writeLong(Long.reverseBytes(Long.parseLong(offsetAndValue[1])));
            return;
          }
        }
        throw new IOException("no block of process " + pid);
      }
    }

    private static long word(RandomAccessFile file, long at) throws IOException {
      file.seek(at);
      return Long.reverseBytes(file.readLong());
    }

    /** Ends as if killed at the n-th operation of a kind. */
    private String openDying(Path file, String at, int n) {
      return open(file, dying(at, n));
    }

    /** As a newer build, whose metas have a feature that this one does not know. */
    private static Options newer(String feature) {
      int field =
          switch (feature) {
            case "incompatible" -> MetaLayout.INCOMPATIBLE;
            case "read-only" -> MetaLayout.READ_ONLY_COMPATIBLE;
            case "compatible" -> MetaLayout.COMPATIBLE;
            default -> throw new IllegalArgumentException(feature);
          };
      HookedStorage storage = new HookedStorage();
      storage.atWrite =
          source -> {
            MemorySegment page = MemorySegment.ofBuffer(source);
            if (page.get(ValueLayout.JAVA_BYTE, PageHeader.TYPE) == PageHeader.META) {
              long at = page.byteSize() - MetaLayout.TRAILER_SIZE + field;
              page.set(ValueLayout.JAVA_BYTE, at + 7, (byte) 0x40);
              PageHeader.seal(page, 0, (int) page.byteSize());
            }
          };
      return Options.defaults().withStorage(storage.files());
    }

    private static Options dying(String at, int n) {
      HookedStorage storage = new HookedStorage();
      AtomicInteger left = new AtomicInteger(n);
      Runnable die =
          () -> {
            if (left.decrementAndGet() == 0) {
              Runtime.getRuntime().halt(1);
            }
          };
      switch (at) {
        case "read" -> storage.beforeRead = die;
        case "write" -> storage.beforeWrite = die;
        case "written" -> storage.afterWrite = die;
        case "sync" -> storage.beforeSync = die;
        case "synced" -> storage.afterSync = die;
        default -> throw new IllegalArgumentException(at);
      }
      return Options.defaults().withStorage(storage.files()).withSyncInterval(Duration.ofMillis(1));
    }

    private String open(Path file, Options options) {
      db = Database.open(file, options.withCloseTimeout(Duration.ofSeconds(2)));
      return "opened";
    }
  }

  /** The other process's part. */
  public static void main(String[] args) throws IOException {
    BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    Peer peer = new Peer();
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      String answer;
      try {
        answer = peer.run(order.split(" ", 4));
      } catch (Exception | AssertionError | InternalError e) {
        answer = "failed: " + e;
      }
      System.out.println(answer);
    }
    Database db = peer.db;
    if (db != null) {
      db.close();
    }
  }
}
