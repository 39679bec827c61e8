package dev.pando.cli;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** Runs the usual verbs, so that the build can keep the classes that they load in a cache. */
final class Training {
  private Training() {}

  /**
   * Runs them.
   *
   * @param args a directory that is there, for the database
   */
  public static void main(String[] args) {
    String file = Path.of(args[0], "training.pando").toString();
    String record = "record(customer:utf8,cents:i64,placed:nullable(instant))";
    run(
        "put",
        file,
        "orders",
        "1",
        "{\"customer\":\"Ada\",\"cents\":5,\"placed\":null}",
        "--keys",
        "u64",
        "--values",
        record);
    run("put", file, "tags", "java", "7", "--keys", "utf8", "--values", "u64", "--multi");
    for (List<String> verb :
        List.of(
            List.of("info", file),
            List.of("stat", "-a", file),
            List.of("tables", file),
            List.of("scan", file, "orders"),
            List.of("scan", "--json", "--reverse", file, "tags"),
            List.of("get", file, "orders", "1"),
            List.of("count", file, "orders"),
            List.of("check", "--full", file),
            List.of("readers", file),
            List.of("snapshots", file),
            List.of("dump", "--codecs", file),
            List.of("backup", file, file + ".backup"),
            List.of("--help"))) {
      run(verb.toArray(new String[0]));
    }
  }

  private static void run(String... args) {
    PrintStream nothing = new PrintStream(OutputStream.nullOutputStream(), false);
    Console console =
        new Console(
            new ByteArrayInputStream(new byte[0]),
            new Results(OutputStream.nullOutputStream()),
            nothing,
            () -> false);
    int code = Main.run(console, args);
    if (code != Fault.OK) {
      throw new IllegalStateException(String.join(" ", args) + " ended with " + code);
    }
  }
}
