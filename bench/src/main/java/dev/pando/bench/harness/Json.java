package dev.pando.bench.harness;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonDeserializer;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Trials, their results and reports are records, which are JSON on the way from JVM to JVM. */
public final class Json {
  private static final Gson LINE = builder().create();
  private static final Gson FILE = builder().setPrettyPrinting().create();

  private Json() {}

  private static GsonBuilder builder() {
    JsonSerializer<Path> write = (path, _, _) -> new JsonPrimitive(path.toString());
    JsonDeserializer<Path> read = (json, _, _) -> Path.of(json.getAsString());
    return new GsonBuilder()
        .disableHtmlEscaping()
        .registerTypeHierarchyAdapter(Path.class, write)
        .registerTypeHierarchyAdapter(Path.class, read);
  }

  /** A record as one line. */
  public static String line(Object value) {
    return LINE.toJson(value);
  }

  /** A record as indented text, with a line end. */
  public static String text(Object value) {
    return FILE.toJson(value) + "\n";
  }

  /** Reads what {@link #line} or {@link #text} has written. */
  public static <T> T read(String json, Class<T> type) {
    return LINE.fromJson(json, type);
  }

  /** As {@link #read(String, Class)}, from a file. */
  public static <T> T read(Path file, Class<T> type) {
    try {
      return read(Files.readString(file), type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
