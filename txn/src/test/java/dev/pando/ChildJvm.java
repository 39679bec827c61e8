package dev.pando;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A JVM of its own. All tests of this module start theirs here. It is a small one that starts fast,
 * with the classes of the tests that use only Pando, and its errors appear among those of the test.
 */
public final class ChildJvm {
  private static final List<String> SMALL =
      List.of(
          "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-XX:-UsePerfData", "-ea");

  private final String main;
  private List<String> before = List.of();
  private List<String> options = List.of();

  private ChildJvm(Class<?> main) {
    this.main = main.getName();
  }

  /** One that will run the main method of a class. */
  public static ChildJvm of(Class<?> main) {
    return new ChildJvm(main);
  }

  /** With options of the JVM. */
  public ChildJvm with(String... jvmOptions) {
    options = List.of(jvmOptions);
    return this;
  }

  /** Run by a command, such as strace; an empty one changes nothing. */
  public ChildJvm by(List<String> command) {
    before = List.copyOf(command);
    return this;
  }

  /** Starts it. What it writes to its standard error appears in this JVM's. */
  public Process start(Object... arguments) throws IOException {
    return builder(arguments).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Runs it without input, and returns all it prints, on both streams. */
  public String output(Object... arguments) throws IOException {
    return output(builder(arguments));
  }

  private ProcessBuilder builder(Object... arguments) throws IOException {
    List<String> java = new ArrayList<>(SMALL);
    java.addAll(options);
    java.addAll(List.of("-cp", classPath(), main));
    Stream.of(arguments).map(String::valueOf).forEach(java::add);
    List<String> command = new ArrayList<>(before);
    command.addAll(java(java).command());
    return new ProcessBuilder(command);
  }

  /** {@code java} with arguments, for what depends on its options. */
  public static ProcessBuilder java(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }

  /** Runs {@code java} without input, and returns all it prints, on both streams. */
  public static String run(List<String> arguments) throws IOException {
    return output(java(arguments));
  }

  private static String output(ProcessBuilder builder) throws IOException {
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    Process _ = process.onExit().join();
    return output;
  }

  /** What a JVM needs for the classes of the tests that use only Pando. */
  public static String classPath() throws IOException {
    try {
      List<Path> homes =
          List.of(
              home(dev.pando.pager.Storage.class),
              home(dev.pando.btree.Tree.class),
              home(Database.class),
              home(ChildJvm.class));
      return Stream.concat(
              homes.stream().map(Path::toString),
              Stream.of(path(name -> name.startsWith("jspecify"))))
          .distinct()
          .collect(Collectors.joining(File.pathSeparator));
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  /** The entries of this JVM's class path and module path whose file name will do. */
  public static String path(Predicate<String> fileName) {
    return Stream.of("java.class.path", "jdk.module.path")
        .map(property -> System.getProperty(property, ""))
        .flatMap(path -> Stream.of(path.split(File.pathSeparator)))
        .filter(entry -> !entry.isEmpty() && fileName.test(Path.of(entry).getFileName().toString()))
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The directory or jar that a class was loaded from, also if it is patched into a module. */
  public static Path home(Class<?> type) throws URISyntaxException {
    String file = type.getName().replace('.', '/') + ".class";
    URI resource = Objects.requireNonNull(type.getClassLoader().getResource(file), file).toURI();
    if (resource.getScheme().equals("jar")) {
      String inside = resource.getSchemeSpecificPart();
      return Path.of(new URI(inside.substring(0, inside.indexOf("!/"))));
    }
    Path path = Path.of(resource);
    for (int i = 0; i < Path.of(file).getNameCount(); i++) {
      path = Objects.requireNonNull(path.getParent());
    }
    return path;
  }
}
