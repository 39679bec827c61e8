package dev.pando.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

/**
 * What changes when another program writes a file that is read without a lock.
 *
 * @param size bytes of the file
 * @param time when it was written last
 */
record Stamp(long size, FileTime time) {
  static Stamp of(Path file) throws IOException {
    return new Stamp(Files.size(file), Files.getLastModifiedTime(file));
  }

  /**
   * Compares the file as it is now.
   *
   * @throws Fault if it has changed
   */
  void check(Path file) throws IOException {
    if (!equals(of(file))) {
      throw changed(file);
    }
  }

  /** Says that a file has changed. */
  static Fault changed(Path file) {
    return Fault.usage(
        file + ": another program has written it meanwhile, so nothing is loaded; try again");
  }
}
