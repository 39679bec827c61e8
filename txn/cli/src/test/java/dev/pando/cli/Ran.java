package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** What a verb did, in this JVM. */
record Ran(int code, byte[] bytes, String err) {
  /** Runs a verb without input. */
  static Ran pando(Object... args) {
    return pando(new byte[0], args);
  }

  /** Runs a verb. */
  static Ran pando(byte[] input, Object... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> texts = new ArrayList<>();
    for (Object arg : args) {
      texts.add(arg.toString());
    }
    Console console =
        new Console(
            new ByteArrayInputStream(input),
            new PrintStream(out, false, UTF_8),
            new PrintStream(err, true, UTF_8),
            () -> false);
    int code = Main.run(console, texts.toArray(new String[0]));
    return new Ran(code, out.toByteArray(), err.toString(UTF_8));
  }

  /** Runs a verb that is to end with 0, and returns what it printed. */
  static String ok(Object... args) {
    Ran ran = pando(args);
    if (ran.code != 0) {
      throw new AssertionError(List.of(args) + " ended with " + ran.code + ": " + ran.err);
    }
    return ran.out();
  }

  String out() {
    return new String(bytes, UTF_8);
  }
}
