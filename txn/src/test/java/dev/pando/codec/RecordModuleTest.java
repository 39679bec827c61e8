package dev.pando.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pando.ChildJvm;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records in a named module, and records on the class path of a Pando that is a module. */
class RecordModuleTest {
  private static final String PROGRAM =
      """
      package shop;

      import dev.pando.codec.Codec;
      import dev.pando.codec.Sink;
      import dev.pando.codec.Source;
      import java.lang.invoke.MethodHandles;

      public class Main {
        private record Order(long id, String customer) {}

        public static void main(String[] args) {
          try {
            Codec<Order> codec =
                args.length == 0
                    ? Codec.record(Order.class)
                    : Codec.record(MethodHandles.lookup(), Order.class);
            Sink sink = new Sink();
            codec.encode(new Order(1, "one"), sink);
            Source source = new Source();
            source.reset(sink.segment(), 0, sink.length());
            System.out.println(codec.decode(source) + " in " + Main.class.getModule());
          } catch (IllegalArgumentException e) {
            System.out.println(e.getMessage());
          }
        }
      }
      """;

  @TempDir Path directory;
  private String modulePath = "";

  /** What the compiler asks for and a running program does without. */
  private final String annotations = ChildJvm.path(name -> name.startsWith("jspecify"));

  @BeforeEach
  void findModules() throws Exception {
    Path pando = ChildJvm.home(Codec.class);
    assumeTrue(
        !Files.isDirectory(pando) || Files.exists(pando.resolve("module-info.class")),
        "the classes under test are no module");
    modulePath =
        String.join(
            File.pathSeparator,
            pando.toString(),
            ChildJvm.path(name -> name.equals("classes") || name.startsWith("pando-")));
  }

  private Path compile(String descriptor) throws Exception {
    Path sources = Files.createDirectories(directory.resolve("src/shop"));
    Files.writeString(sources.resolve("Main.java"), PROGRAM);
    Files.writeString(directory.resolve("src/module-info.java"), descriptor);
    Path classes = directory.resolve("classes");
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(output, true, UTF_8)) {
      ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
      int result =
          javac.run(
              out,
              out,
              "-d",
              classes.toString(),
              "-p",
              String.join(File.pathSeparator, modulePath, annotations),
              directory.resolve("src/module-info.java").toString(),
              sources.resolve("Main.java").toString());
      assertThat(result).as(output.toString(UTF_8)).isZero();
    }
    return classes;
  }

  private String run(Path classes, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("-p", modulePath + File.pathSeparator + classes, "-m", "shop/shop.Main"));
    command.addAll(List.of(arguments));
    return ChildJvm.run(command).strip();
  }

  @Test
  void openPackage() throws Exception {
    Path classes = compile("module shop { requires dev.pando.txn; opens shop to dev.pando.txn; }");
    assertThat(run(classes)).isEqualTo("Order[id=1, customer=one] in module shop");
  }

  @Test
  void closedPackageWithALookup() throws Exception {
    Path classes = compile("module shop { requires dev.pando.txn; }");
    assertThat(run(classes, "lookup")).isEqualTo("Order[id=1, customer=one] in module shop");
  }

  @Test
  void closedPackage() throws Exception {
    Path classes = compile("module shop { requires dev.pando.txn; }");
    assertThat(run(classes))
        .isEqualTo(
            "record shop.Main$Order in module shop cannot be accessed; write `opens shop to"
                + " dev.pando.txn;` in its module-info.java, or"
                + " Codec.record(MethodHandles.lookup(), Order.class) in its module");
  }

  @Test
  void classPathAboveAModule() throws Exception {
    Path classes = compile("module shop { requires dev.pando.txn; }");
    Files.delete(classes.resolve("module-info.class"));
    String output =
        ChildJvm.run(
            List.of(
                "-p",
                modulePath,
                "--add-modules",
                "dev.pando.txn",
                "-cp",
                classes.toString(),
                "shop.Main"));
    assertThat(output.strip()).startsWith("Order[id=1, customer=one] in unnamed module");
  }
}
