package dev.pando.cli;

import dev.pando.pager.Meta;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * A verb that reads pages by itself, and so those of a damaged file, too. While it reads, a read
 * transaction keeps the pages of the newest commit, if the file can be opened.
 */
abstract class RawVerb extends Verb {
  @Parameters(index = "0", paramLabel = "FILE", description = "The database.")
  private Path file = Path.of("");

  @Option(
      names = "--meta",
      paramLabel = "SLOT",
      description = "Takes the commit in this meta slot, 0 to 2, in place of the newest one.")
  private @Nullable Integer slot;

  final Path file() {
    return file;
  }

  @Override
  public final Integer call() throws Exception {
    try (RawPages pages = RawPages.open(file)) {
      if (slot != null) {
        return run(pages, pages.commitIn(slot));
      }
      return PinnedPages.run(pages, this::run);
    }
  }

  /**
   * Does the work.
   *
   * @param meta the commit to read
   * @return the exit code
   */
  abstract int run(RawPages pages, Meta meta) throws Exception;
}
