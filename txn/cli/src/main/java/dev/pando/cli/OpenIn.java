package dev.pando.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Processes that have a file open, as Linux lists them: those that this user may see. */
final class OpenIn {
  /** The columns of {@link #rows}. */
  static final List<String> COLUMNS = List.of("pid", "started", "command");

  private static final Path PROC = Path.of("/proc");

  private OpenIn() {}

  /** A row for each process but this one; null where the system has no such list. */
  static @Nullable List<Map<String, @Nullable Object>> rows(Path file) throws IOException {
    if (!Files.isDirectory(PROC.resolve("self/fd"))) {
      return null;
    }
    Path real = file.toRealPath();
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    long own = ProcessHandle.current().pid();
    for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
      if (process.pid() != own && hasOpen(process.pid(), real)) {
        rows.add(row(process));
      }
    }
    return rows;
  }

  private static boolean hasOpen(long pid, Path real) {
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(PROC.resolve(String.valueOf(pid)).resolve("fd"))) {
      for (Path each : all) {
        if (Files.readSymbolicLink(each).equals(real)) {
          return true;
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return false; // it has ended, or is another user's
    }
    return false;
  }

  private static Map<String, @Nullable Object> row(ProcessHandle process) {
    Optional<String> command = process.info().command();
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("pid", new Json.Literal(String.valueOf(process.pid())));
    row.put("started", process.info().startInstant().map(Object::toString).orElse(null));
    row.put("command", command.orElse(null));
    return row;
  }
}
