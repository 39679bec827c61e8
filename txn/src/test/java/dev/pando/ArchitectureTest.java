package dev.pando;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Time needs structure and structure needs bytes: txn, btree, pager, each uses those after it only.
 * So do the rooms of txn. The errors that all of them throw belong to the pager.
 */
class ArchitectureTest {
  private static final String ERROR = "dev.pando.error..";
  private static final String PAGER = "dev.pando.pager..";
  private static final String BTREE = "dev.pando.btree..";
  private static final String CODEC = "dev.pando.codec..";
  private static final String TXN = "dev.pando.txn..";
  private static final String ROOM = "dev.pando.txn.";

  /** Of the rooms in {@code dev.pando.txn}; the API, {@code dev.pando}, uses all of them. */
  private static final Map<String, Integer> LEVELS =
      Map.of(
          "events",
          0,
          "file",
          1,
          "space",
          2,
          "readers",
          2,
          "dirty",
          3,
          "catalog",
          4,
          "recovery",
          5,
          "commit",
          6,
          "follower",
          6,
          "feed",
          7);

  private static final String JAVA = "java..";
  private static final String NULLNESS = "org.jspecify.annotations..";
  private static final String CHRONICLE = "net.openhft..";
  private static final String JACKSON = "com.fasterxml.jackson..";
  private static final String METRICS = "dev.pando.metrics";
  private static final String RECORDER = "jdk.jfr..";

  private static final Set<String> STATE_OF_A_TREE =
      Set.of(
          "counted",
          "rootPgno",
          "rootBirth",
          "depth",
          "entries",
          "branchPages",
          "leafPages",
          "overflowPages");

  /** All that is shipped; read once for all tests of its structure. */
  static final JavaClasses PANDO =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.pando");

  /** A rule about no classes would always hold. */
  @ParameterizedTest
  @ValueSource(strings = {ERROR, PAGER, BTREE, CODEC, TXN})
  void everyLayerIsImported(String layer) {
    assertThat(PANDO.that(resideInAPackage(layer))).hasSizeGreaterThan(5);
  }

  @Test
  void errorsStandAlone() {
    onlyDependOn(resideInAPackage(ERROR), ERROR, JAVA, NULLNESS);
  }

  @Test
  void pagerKnowsNoLayer() {
    onlyDependOn(resideInAPackage(PAGER), ERROR, PAGER, JAVA, NULLNESS);
  }

  @Test
  void btreeKnowsThePager() {
    onlyDependOn(resideInAPackage(BTREE), ERROR, PAGER, BTREE, JAVA, NULLNESS);
  }

  @Test
  void codecsKnowNoTables() {
    onlyDependOn(
        resideInAPackage(CODEC).and(not(namedChronicle())).and(not(namedJson())),
        ERROR,
        CODEC,
        JAVA,
        NULLNESS);
    onlyDependOn(resideInAPackage(CODEC).and(namedJson()), CODEC, JAVA, NULLNESS, JACKSON);
  }

  /** The rooms of this module, each with the rooms of lower levels that it may use. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "file",
        "space",
        "readers",
        "dirty",
        "catalog",
        "recovery",
        "commit",
        "follower",
        "feed"
      })
  void roomsUseLowerRooms(String room) {
    List<String> allowed = new ArrayList<>(List.of(ERROR, PAGER, BTREE, JAVA, NULLNESS));
    allowed.add(ROOM + room);
    LEVELS.forEach(
        (lower, level) -> {
          if (level < LEVELS.get(room)) {
            allowed.add(ROOM + lower);
          }
        });
    JavaClasses classes = PANDO.that(resideInAPackage(ROOM + room));
    assertThat(classes).hasSizeGreaterThan(4);
    onlyDependOn(resideInAPackage(ROOM + room), allowed.toArray(new String[0]));
  }

  /** Of all classes only those of one room know the flight recorder; they know little else. */
  @Test
  void eventsKnowTheRecorder() {
    JavaClasses classes = PANDO.that(resideInAPackage(ROOM + "events"));
    assertThat(classes).hasSizeGreaterThan(4);
    onlyDependOn(
        resideInAPackage(ROOM + "events"), ERROR, ROOM + "events", JAVA, NULLNESS, RECORDER);
    noClasses()
        .that(not(resideInAPackage(ROOM + "events")))
        .should()
        .dependOnClassesThat(resideInAPackage(RECORDER))
        .check(PANDO);
  }

  /** Classes for tools use the API as any user does, and the engine does without them. */
  @Test
  void metricsKnowTheApi() {
    onlyDependOn(
        resideInAPackage(METRICS),
        "dev.pando",
        METRICS,
        JAVA,
        NULLNESS,
        "javax.management..",
        "io.micrometer..",
        "io.opentelemetry..");
    noClasses()
        .that(not(resideInAPackage(METRICS)))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(METRICS, "javax..", "io..", "java.lang.management.."))
        .check(PANDO);
    assertThat(PANDO.that(resideInAPackage(METRICS))).hasSizeGreaterThan(4);
  }

  /** A class outside the rooms that is neither of the API nor a codec would escape the rules. */
  @Test
  void everyClassHasARoom() {
    Set<String> packages = new TreeSet<>();
    PANDO.forEach(type -> packages.add(type.getPackageName()));
    assertThat(packages)
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    Stream.of(
                        "dev.pando",
                        "dev.pando.btree",
                        "dev.pando.codec",
                        "dev.pando.error",
                        METRICS,
                        "dev.pando.pager"),
                    LEVELS.keySet().stream().map(room -> ROOM + room))
                .toList());
  }

  @Test
  void onlyChronicleClassesKnowChronicle() {
    assertThat(PANDO.that(namedChronicle())).isNotEmpty();
    onlyDependOn(namedChronicle(), CODEC, JAVA, NULLNESS, CHRONICLE);
  }

  @Test
  void packagesMakeNoCycles() {
    slices().matching("dev.pando.(**)").should().beFreeOfCycles().check(PANDO);
  }

  /** Where a tree begins, and its counts, change in one class: the others call its methods. */
  @Test
  void onlyTreeStateChangesATree() {
    noClasses()
        .that(not(name("dev.pando.btree.TreeState")))
        .should()
        .setFieldWhere(
            DescribedPredicate.describe(
                "is of the state of a tree",
                access ->
                    access.getTarget().getOwner().isAssignableTo("dev.pando.btree.TreeState")
                        && STATE_OF_A_TREE.contains(access.getTarget().getName())))
        .check(PANDO);
    assertThat(PANDO.get("dev.pando.btree.TreeState").getFields())
        .extracting(field -> field.getName())
        .containsExactlyInAnyOrderElementsOf(STATE_OF_A_TREE);
  }

  /**
   * None but the pager opens a channel. One of the caller's is handed to the pager for a backup,
   * and has the bytes of a large value, which is shown as one.
   */
  @Test
  void onlyThePagerUsesChannels() {
    noClasses()
        .that(not(resideInAPackage(PAGER)))
        .should()
        .dependOnClassesThat(
            resideInAPackage("java.nio.channels..")
                .and(
                    not(
                        belongToAnyOf(
                            ReadableByteChannel.class,
                            SeekableByteChannel.class,
                            SelectableChannel.class,
                            WritableByteChannel.class,
                            ClosedChannelException.class,
                            NonWritableChannelException.class))))
        .check(PANDO);
  }

  /**
   * The time of day jumps. Only the dates of named snapshots and of commits in feeds are, and the
   * age of such a commit, which is only shown.
   */
  @Test
  void nothingDependsOnTheTimeOfDay() {
    noClasses()
        .that(
            not(name("dev.pando.Snapshots"))
                .and(not(name("dev.pando.txn.feed.FeedHead")))
                .and(not(name("dev.pando.metrics.FeedLag"))))
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "asks for the time of day",
                call -> {
                  String method = call.getTarget().getOwner().getName() + "." + call.getName();
                  return method.equals("java.lang.System.currentTimeMillis")
                      || method.matches("java\\.time\\..*\\.(now|system.*|tick.*)");
                }))
        .orShould()
        .dependOnClassesThat(
            resideInAPackage("java.util")
                .and(DescribedPredicate.describe("dates", ArchitectureTest::isDate)))
        .check(PANDO);
    assertThat(
            PANDO.get(Snapshots.class).getMethodCallsFromSelf().stream()
                .filter(call -> call.getTarget().getFullName().startsWith("java.time.Instant.now"))
                .map(call -> call.getOrigin().getName()))
        .containsExactly("create");
    assertThat(
            PANDO.get("dev.pando.txn.feed.FeedHead").getMethodCallsFromSelf().stream()
                .filter(call -> call.getName().equals("currentTimeMillis"))
                .map(call -> call.getOrigin().getName()))
        .containsExactly("now");
    assertThat(
            PANDO.get("dev.pando.metrics.FeedLag").getMethodCallsFromSelf().stream()
                .filter(call -> call.getTarget().getFullName().startsWith("java.time.Instant.now"))
                .map(call -> call.getOrigin().getName()))
        .containsExactly("age");
  }

  private static boolean isDate(JavaClass type) {
    return type.getSimpleName().matches("Date|Calendar|Timer|TimerTask|GregorianCalendar");
  }

  @Test
  void namesSayWhatAClassIs() {
    noClasses().should().haveNameMatching(".*(Manager|Utils?|Helper|Impl|Data|Info)").check(PANDO);
  }

  private static void onlyDependOn(DescribedPredicate<JavaClass> those, String... packages) {
    classes()
        .that(those)
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage(packages))
        .check(PANDO);
  }

  private static DescribedPredicate<JavaClass> namedChronicle() {
    return DescribedPredicate.describe(
        "are named Chronicle*, or nested in such a class",
        type -> type.getName().startsWith("dev.pando.codec.Chronicle"));
  }

  private static DescribedPredicate<JavaClass> namedJson() {
    return DescribedPredicate.describe(
        "are JsonCodec", type -> type.getName().equals("dev.pando.codec.JsonCodec"));
  }
}
