package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** What a verb did, in this JVM. */
record Ran(int code, byte[] bytes, String err) {
  /** Runs a verb without input. */
  static Ran pando(Object... args) {
    return pando(new byte[0], args);
  }

  /** Runs a verb. */
  static Ran pando(byte[] input, Object... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Ran ran = pando(input, out, () -> false, args);
    return new Ran(ran.code, out.toByteArray(), ran.err);
  }

  /** Runs a verb whose results go to a stream. */
  static Ran pando(byte[] input, OutputStream out, BooleanSupplier terminal, Object... args) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> texts = new ArrayList<>();
    for (Object arg : args) {
      texts.add(arg.toString());
    }
    Console console =
        new Console(
            new ByteArrayInputStream(input),
            new Results(out),
            new PrintStream(err, true, UTF_8),
            terminal);
    int code = Main.run(console, texts.toArray(new String[0]));
    return new Ran(code, new byte[0], err.toString(UTF_8));
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
