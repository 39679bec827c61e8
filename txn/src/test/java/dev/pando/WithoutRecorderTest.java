package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is for tools costs a program nothing that uses none, and is not missed where it is not. */
@Tag("proof")
class WithoutRecorderTest extends DatabaseTestBase {
  private void create() {
    Database db = open();
    boolean _ = db.put(NAMES, 1L, "stored");
    closeChecked(db);
  }

  private String run(List<String> options, String... more) throws Exception {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of("-cp", ChildJvm.classPath(), WithoutRecorder.class.getName()));
    all.add(file().toString());
    all.addAll(List.of(more));
    return ChildJvm.run(all);
  }

  @Test
  void aGetLoadsNoClassOfTools() throws Exception {
    create();
    String output = run(List.of("-Xlog:class+load"));
    assertThat(output)
        .contains("got stored", "dev.pando.txn.events.Counters ")
        .doesNotContain("jdk.jfr.")
        .doesNotContain("FlightEvents")
        .doesNotContain("javax.management.")
        .doesNotContain("dev.pando.metrics.")
        .doesNotContain("dev.pando.Metrics");
  }

  @Test
  void aProgramThatWritesLoadsOneClassOfTheRecorder() throws Exception {
    create();
    String output = run(List.of("-Xlog:class+load"), "write");
    assertThat(output).contains("got stored", "2 commits").doesNotContain("FlightEvents");
    assertThat(output.lines().filter(line -> line.contains(" jdk.jfr.")))
        .hasSize(1)
        .allSatisfy(line -> assertThat(line).contains(" jdk.jfr.FlightRecorder "));
  }

  /** Opening and committing are interpreted at first, and loading a class takes longer. */
  @Test
  void aProgramThatWritesLoadsNoClassOfFeedsAndFollowers() throws Exception {
    create();
    String output = run(List.of("-Xlog:class+load"), "write");
    assertThat(output).contains("got stored", "2 commits", "dev.pando.txn.catalog.ChangedTables ");
    assertThat(output.lines())
        .filteredOn(line -> line.contains("dev.pando."))
        .noneMatch(line -> line.contains(".feed.") || line.contains(".follower."));
  }

  /** A JVM of the base module alone has neither the recorder nor JMX. */
  @Test
  void worksWithoutTheModule() throws Exception {
    create();
    String output = run(List.of("--limit-modules", "java.base"), "write");
    assertThat(output.lines()).containsExactly("got stored", "2 commits");
  }

  @Test
  void aRecordingOfTheCommandLineHasTheOpening() throws Exception {
    create();
    Path recording = directory().resolve("whole.jfr");
    String output = run(List.of("-XX:StartFlightRecording:filename=" + recording), "write");
    assertThat(output).contains("got stored", "2 commits");
    assertThat(RecordingFile.readAllEvents(recording))
        .extracting(event -> event.getEventType().getName())
        .contains("pando.Recovery", "pando.Commit", "pando.Sync");
  }
}
