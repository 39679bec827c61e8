package dev.pando.bench.growth;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What every child JVM is told. */
record Setting(Store.Kind kind, Keyspace keys, Path directory, Windows windows) {
  List<String> toArguments() {
    List<String> arguments =
        new ArrayList<>(List.of(kind.name(), Long.toString(keys.records()), directory.toString()));
    arguments.addAll(windows.toArguments());
    return arguments;
  }

  static Setting of(String[] arguments) {
    return new Setting(
        Store.Kind.valueOf(arguments[0]),
        new Keyspace(Long.parseLong(arguments[1])),
        Path.of(arguments[2]),
        Windows.of(List.of(arguments).subList(3, 6)));
  }
}
