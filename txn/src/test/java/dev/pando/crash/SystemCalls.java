package dev.pando.crash;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/** Calls of Linux that Java has no name for. Tests only: Pando itself calls nothing native. */
@SuppressWarnings("restricted")
final class SystemCalls {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle OPEN =
      call(
          "open", FunctionDescriptor.of(INT, POINTER, INT, INT), Linker.Option.firstVariadicArg(2));
  private static final MethodHandle CLOSE = call("close", FunctionDescriptor.of(INT, INT));
  private static final MethodHandle IOCTL =
      call(
          "ioctl",
          FunctionDescriptor.of(INT, INT, LONG, POINTER),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle SYNC_FILE_RANGE =
      call("sync_file_range", FunctionDescriptor.of(INT, INT, LONG, LONG, INT));

  /** The same for ext4 and XFS; both name it GOINGDOWN or SHUTDOWN. */
  private static final long SHUT_DOWN = 0x8004587DL;

  private static final int NO_LOG_FLUSH = 2;

  /** Waits for writes that are under way, begins the others, and waits for them. */
  private static final int WRITE_AND_WAIT = 7;

  private SystemCalls() {}

  private static MethodHandle call(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker.Option[] all = java.util.Arrays.copyOf(options, options.length + 1);
    all[options.length] = Linker.Option.captureCallState("errno");
    return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), descriptor, all);
  }

  /** A file or directory that is open for such calls. */
  static final class OpenFile implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment state = arena.allocate(STATE);
    private final Path path;
    private final int descriptor;

    OpenFile(Path path) throws IOException {
      this.path = path;
      MemorySegment name = arena.allocateFrom(path.toString());
      descriptor = checked("open", () -> (int) OPEN.invokeExact(state, name, 0, 0));
    }

    /** Whatever is not on disk now never will be; every later write and sync fails. */
    void shutDownFileSystem() throws IOException {
      MemorySegment flag = arena.allocateFrom(INT, NO_LOG_FLUSH);
      int _ = checked("ioctl", () -> (int) IOCTL.invokeExact(state, descriptor, SHUT_DOWN, flag));
    }

    /** Puts the content of some bytes on disk, without what says where they are. */
    void push(long offset, long length) throws IOException {
      int _ =
          checked(
              "sync_file_range",
              () ->
                  (int)
                      SYNC_FILE_RANGE.invokeExact(
                          state, descriptor, offset, length, WRITE_AND_WAIT));
    }

    private interface Call {
      int run() throws Throwable;
    }

    private int checked(String name, Call call) throws IOException {
      int result;
      try {
        result = call.run();
      } catch (Throwable e) {
        throw new IOException(name, e);
      }
      if (result < 0) {
        throw new IOException(path + ": " + name + ": errno " + (int) ERRNO.get(state, 0L));
      }
      return result;
    }

    @Override
    public void close() throws IOException {
      try (arena) {
        int _ = checked("close", () -> (int) CLOSE.invokeExact(state, descriptor));
      }
    }
  }
}
