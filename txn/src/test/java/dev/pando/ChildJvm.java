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

/** A JVM of its own, for what depends on the class path or the module path. */
public final class ChildJvm {
  private ChildJvm() {}

  /** Runs {@code java} and returns all it prints, on both streams. */
  public static String run(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    return output;
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
