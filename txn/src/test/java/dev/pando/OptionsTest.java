package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pando.testkit.SimulatedDisk;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What options take, give and say. */
class OptionsTest {
  @Test
  void aDiskOfTheTestkit() {
    try (SimulatedDisk disk = new SimulatedDisk(1 << 20);
        Database db =
            Database.open(
                Path.of("/simulated/test.pando"), Options.defaults().withDisk(disk.process()))) {
      CheckReport _ = db.check().throwIfBad();
    }
  }

  @Test
  void noOtherDisk() {
    assertThatThrownBy(() -> Options.defaults().withDisk(new Disk() {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("OptionsTest$", "SimulatedDisk.options");
  }

  /** The methods that change a setting, with a value that is not the default. */
  private static Object other(Method with) {
    Consumer<LongReader> listener = reader -> {};
    return switch (with.getName()) {
      case "withPageSize" -> 8192;
      case "withReadOnly", "withLeakTracking", "withLogIgnored" -> true;
      case "withCreateIfMissing" -> false;
      case "withChecksums" -> Options.Checksums.EVERY_TOUCH;
      case "withSpillLimit",
          "withBranchMemory",
          "withMaxSize",
          "withGrowthStep",
          "withSyncBytes",
          "withLogSize" ->
          123_456L;
      case "withDurability" -> Durability.ASYNC;
      case "withReaderListener" -> listener;
      case "withDisk" -> new SimulatedDisk(1 << 20).process();
      default -> Duration.ofSeconds(77);
    };
  }

  private static List<Method> changing() {
    return Stream.of(Options.class.getMethods())
        .filter(method -> method.getName().startsWith("with"))
        .toList();
  }

  private static String setting(Method with) {
    String name = with.getName().substring("with".length());
    return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
  }

  /** So a setting that is added must get a getter, and must be copied with the others. */
  @Test
  void eachSettingHasAGetterOfItsNameAndType() throws Exception {
    assertThat(changing()).hasSize(20);
    Options all = Options.defaults();
    for (Method with : changing()) {
      Object value = other(with);
      all = (Options) with.invoke(all, value);
      Method getter = Options.class.getMethod(setting(with));
      assertThat(getter.getReturnType()).isEqualTo(with.getParameterTypes()[0]);
      assertThat(getter.invoke(Options.defaults())).as(setting(with)).isNotEqualTo(value);
    }
    for (Method with : changing()) {
      Object value = Options.class.getMethod(setting(with)).invoke(all);
      Object wanted = other(with);
      if (wanted instanceof Disk || wanted instanceof Consumer) {
        assertThat(value).isInstanceOf(wanted.getClass());
      } else {
        assertThat(value).as(setting(with)).isEqualTo(wanted);
      }
    }
  }

  @Test
  void eachGetterIsOfASetting() {
    List<String> settings = changing().stream().map(OptionsTest::setting).toList();
    List<String> getters =
        Stream.of(Options.class.getDeclaredMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .filter(method -> !Modifier.isStatic(method.getModifiers()))
            .map(Method::getName)
            .filter(name -> !name.startsWith("with") && !name.equals("toString"))
            .toList();
    assertThat(getters).containsExactlyInAnyOrderElementsOf(settings);
  }

  @Test
  void defaults() {
    assertThat(Options.defaults())
        .hasToString(
            "Options[pageSize=4096, readOnly=false, createIfMissing=true, checksums=FIRST_TOUCH,"
                + " closeTimeout=PT10S, spillLimit=268435456, branchMemory="
                + Runtime.getRuntime().maxMemory() / 32
                + ", maxSize=none, growthStep=default,"
                + " durability=SYNC, logSize=default, logIgnored=false, syncInterval=PT1S, syncBytes=67108864, readerWarning=PT1M,"
                + " readerLimit=none, readerListener=none, writerWarning=PT1M,"
                + " leakTracking=false, disk=files]");
    Options other = Options.defaults();
    assertThat(List.of(other.pageSize(), other.maxSize(), other.growthStep()))
        .isEqualTo(List.of(4096, Long.MAX_VALUE, 0L));
    assertThat(List.of(other.spillLimit(), other.syncBytes()))
        .isEqualTo(List.of(256L << 20, 64L << 20));
    assertThat(List.of(other.readOnly(), other.createIfMissing(), other.leakTracking()))
        .isEqualTo(List.of(false, true, false));
    assertThat(other.checksums()).isEqualTo(Options.Checksums.FIRST_TOUCH);
    assertThat(other.durability()).isEqualTo(Durability.SYNC);
    assertThat(other.closeTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(other.syncInterval()).isEqualTo(Duration.ofSeconds(1));
    assertThat(other.readerWarning()).isEqualTo(Duration.ofMinutes(1));
    assertThat(other.writerWarning()).isEqualTo(Duration.ofMinutes(1));
    assertThat(other.readerLimit()).isNull();
    assertThat(other.readerListener()).isNull();
    assertThat(other.disk()).isNull();
  }

  @Test
  void whatWasChosenIsShown() {
    try (SimulatedDisk disk = new SimulatedDisk(1 << 20)) {
      assertThat(disk.options(Options.defaults().withMaxSize(1 << 20).withReaderWarning(null)))
          .asString()
          .contains("maxSize=1048576,", "readerWarning=none,", "disk=simulated process 1]");
    }
  }
}
