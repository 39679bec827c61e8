package dev.pando.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.Database;
import dev.pando.Table;
import dev.pando.codec.Codec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** Any bytes come back through a dump. */
class DumpPropertyTest {
  private static final Table<byte[], byte[]> BYTES =
      Table.of("bytes", Codec.bytes(), Codec.bytes());

  @Property(tries = 40)
  void anyBytesComeBack(@ForAll @Size(max = 20) List<byte[]> keys, @ForAll boolean print)
      throws IOException {
    Path directory = Files.createTempDirectory("pando-dump");
    try {
      Path file = directory.resolve("a.pando");
      try (Database db = Database.open(file)) {
        db.update(
            tx -> {
              boolean _ = tx.put(BYTES, "always".getBytes(ISO_8859_1), new byte[0]);
              for (byte[] key : keys) {
                String turned = new StringBuilder(new String(key, ISO_8859_1)).reverse().toString();
                boolean _ = tx.put(BYTES, key, turned.getBytes(ISO_8859_1));
              }
            });
      }
      String form = print ? "-p" : "-a";
      String dump = Ran.ok("dump", form, file);
      Path other = directory.resolve("b.pando");
      assertThat(Ran.pando(dump.getBytes(ISO_8859_1), "load", other).code()).isZero();
      assertThat(Ran.ok("dump", form, other)).isEqualTo(dump);
      Shop.check(file);
      Shop.check(other);
    } finally {
      delete(directory);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (var all = Files.list(directory)) {
      for (Path each : all.toList()) {
        Files.delete(each);
      }
    }
    Files.delete(directory);
  }
}
