package dev.pando.kafka.streams.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example does what it says, and leaves no process however it ends. */
@Tag("proof")
@Timeout(600)
class StreamsExampleTest {
  @TempDir Path directory;
  private final List<Process> started = new ArrayList<>();

  private Process start(String... options) throws IOException {
    Process example =
        Child.start(directory.resolve("errors.txt"), true, StreamsExample.class, options);
    started.add(example);
    return example;
  }

  @AfterEach
  void endAll() {
    started.forEach(Process::destroyForcibly); // whose children see that
  }

  @Test
  void countsExactlyOnceAndShowsIt() throws Exception {
    Path files = directory.resolve("files");
    Process example = start("--dir", files.toString(), "--seconds", "6");
    List<ProcessHandle> children = List.of();
    long kills = 0;
    long restored = 0;
    String last = "";
    boolean exact = false;
    try (BufferedReader lines = example.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("application 2: " + SalesApplication.RUNS) && children.isEmpty()) {
          children = example.descendants().toList();
        }
        if (line.startsWith("application 1: restored ")
            || line.startsWith("application 2: restored ")) {
          assertTrue(line.contains(": restored 0 records"), line);
        }
        if (line.startsWith("application 3: restored ")) {
          restored += Long.parseLong(line.split(" ")[3]);
          assertFalse(line.contains(": offsets 0 to"), line);
        }
        kills += line.startsWith("-- the application was killed") ? 1 : 0;
        exact |= line.startsWith("exactly once: ");
        last = line;
      }
    }
    assertEquals(0, example.waitFor(), () -> errors());
    assertTrue(exact);
    assertEquals(1, kills);
    assertTrue(restored > 0);
    assertEquals("and then: rm -r " + files, last);
    assertEquals(2, children.size()); // the broker and the second application
    assertGone(children);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void leavesNoProcessWhenItEnds(boolean killed) throws Exception {
    Process example = start("--dir", directory.resolve("files").toString());
    List<ProcessHandle> children = List.of();
    try (BufferedReader lines = example.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("application 1: ") && children.isEmpty()) {
          children = example.descendants().toList();
          if (killed) {
            example.destroyForcibly();
          } else {
            example.destroy(); // as Ctrl-C
          }
        }
      }
    } catch (IOException e) {
      // the stream ends with the process
    }
    example.waitFor();
    assertEquals(2, children.size());
    assertGone(children);
  }

  @Test
  void failsWhenItsApplicationEnds() throws Exception {
    Process example = start("--dir", directory.resolve("files").toString());
    List<ProcessHandle> children = List.of();
    String failed = "";
    try (BufferedReader lines = example.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("application 1: " + SalesApplication.RUNS) && children.isEmpty()) {
          children = example.children().toList();
          children.forEach(ProcessHandle::destroyForcibly);
        }
        failed = line.startsWith("failed: ") ? line : failed;
      }
    }
    assertEquals(1, example.waitFor());
    assertTrue(failed.contains("has ended") || failed.contains("ended with"), failed);
    assertEquals(2, children.size());
    assertGone(children);
  }

  @Test
  void refusesWhatItCannotDo() throws Exception {
    Files.writeString(directory.resolve("file"), "");
    assertEquals(2, start("--dir", directory.toString()).waitFor());
    assertEquals(2, start("--seconds", "1").waitFor());
    assertEquals(2, start("--seconds").waitFor());
    assertEquals(2, start("--unknown", "1").waitFor());
  }

  private static void assertGone(List<ProcessHandle> processes) throws Exception {
    for (ProcessHandle process : processes) {
      process.onExit().get(60, TimeUnit.SECONDS);
      assertFalse(process.isAlive());
    }
  }

  private String errors() {
    try {
      return Files.readString(directory.resolve("errors.txt"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
