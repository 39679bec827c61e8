package dev.pando.examples.lmdbjava.programs;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import org.lmdbjava.LmdbNativeException;

/** A program of lmdbjava, which writes down what it sees. */
public abstract class Program {
  private final List<String> log = new ArrayList<>();

  /** Runs it in an empty directory. */
  public final List<String> run(Path dir, long seed) throws Exception {
    program(dir, seed);
    return log;
  }

  abstract void program(Path dir, long seed) throws Exception;

  final void say(String what, Object result) {
    log.add(what + ": " + shown(result));
  }

  /** Writes down the result of a call, or its exception. */
  final void call(String what, Callable<?> call) {
    try {
      say(what, call.call());
    } catch (LmdbNativeException e) {
      say(what, "throws " + e.getClass().getSimpleName() + " " + e.getResultCode());
    } catch (Exception e) {
      say(what, "throws " + e.getClass().getSimpleName());
    }
  }

  final void run(String what, Runnable call) {
    call(
        what,
        () -> {
          call.run();
          return "done";
        });
  }

  static String shown(Object result) {
    return switch (result) {
      case ByteBuffer buffer -> hex(buffer);
      case byte[] bytes -> HexFormat.of().formatHex(bytes);
      case List<?> all -> all.stream().map(Program::shown).toList().toString();
      case null -> "null";
      default -> result.toString();
    };
  }

  static String hex(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes.length > 24
        ? bytes.length + " bytes, hash " + java.util.Arrays.hashCode(bytes)
        : HexFormat.of().formatHex(bytes);
  }

  /** A direct buffer of bytes. */
  static ByteBuffer bytes(int... bytes) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length);
    for (int each : bytes) {
      buffer.put((byte) each);
    }
    return buffer.flip();
  }

  static ByteBuffer bytes(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  static ByteBuffer zeros(int length) {
    return ByteBuffer.allocateDirect(length);
  }
}
