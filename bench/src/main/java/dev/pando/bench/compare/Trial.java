package dev.pando.bench.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One measurement, or the loading of a store, in a JVM of its own: it has seen no other store and
 * no other workload. Prints one line of JSON, the last one.
 */
public final class Trial {
  /** In the place of a workload: loads the store. */
  static final String PREPARE = "prepare";

  /** In the place of a workload: leaves the store as a crash does. */
  static final String CRASH = "crash";

  private Trial() {}

  /** What {@link #main} takes. */
  static List<String> arguments(
      PeerKind kind, String workload, Path loaded, Path scratch, Setting setting) {
    List<String> arguments =
        new ArrayList<>(List.of(kind.name(), workload, loaded.toString(), scratch.toString()));
    arguments.addAll(setting.toArguments());
    return arguments;
  }

  /** For {@link Children}. */
  public static void main(String[] args) {
    List<String> arguments = Arrays.asList(args);
    PeerKind kind = PeerKind.valueOf(arguments.get(0));
    Setting setting = Setting.of(arguments.subList(4, arguments.size()));
    Stage stage = new Stage(kind, setting, Path.of(arguments.get(2)), Path.of(arguments.get(3)));
    Map<String, String> result = new LinkedHashMap<>();
    switch (arguments.get(1)) {
      case PREPARE -> result.put("config", Loads.prepare(stage));
      case CRASH -> Opens.crash(stage);
      default -> {
        Outcome outcome = Workload.of(arguments.get(1)).run(stage);
        result.put("value", Double.toString(outcome.value()));
        result.put("operations", Long.toString(outcome.operations()));
        result.put("seconds", Double.toString(outcome.seconds()));
        result.put("checksum", outcome.checksum());
      }
    }
    System.out.println(ResultLine.write(result));
    System.out.flush();
    Runtime.getRuntime().halt(0); // stores may have left threads behind
  }
}
