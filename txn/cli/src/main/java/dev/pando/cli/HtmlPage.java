package dev.pando.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;

/** A page with data in it, and a script that shows them; it loads nothing else. */
final class HtmlPage {
  private HtmlPage() {}

  /**
   * The text of a page.
   *
   * @param template a resource with a place for the data and one for the styles
   */
  static String of(String template, Map<String, ?> data) throws IOException {
    // a name may have the end of the script
    String json = Json.of(data).replace("<", "\\u003c");
    return resource(template).replace("@STYLE@", resource("page.css")).replace("@DATA@", json);
  }

  private static String resource(String name) throws IOException {
    try (InputStream from = Objects.requireNonNull(HtmlPage.class.getResourceAsStream(name))) {
      return new String(from.readAllBytes(), UTF_8);
    }
  }
}
