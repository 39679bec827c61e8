package dev.pando.crash;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;

/** A file system of its own, in a file: its power can be cut without harm to anything else. */
final class MountedImage implements AutoCloseable {
  private final Path home;
  private final Path image;
  private final Path mount;
  private boolean mounted;

  /**
   * Makes and mounts one; skips the test where that is not possible.
   *
   * @param type ext4 or xfs
   * @param bytes its size; the file is sparse
   */
  MountedImage(String type, long bytes) throws IOException {
    Commands.needRoot();
    Commands.need("mount", "mount");
    Commands.need("mkfs." + type, type.equals("xfs") ? "xfsprogs" : "e2fsprogs");
    home = Files.createTempDirectory("pando-" + type);
    image = home.resolve("image");
    mount = Files.createDirectory(home.resolve("mounted"));
    try {
      try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
        file.setLength(bytes);
      }
      Commands.run("mkfs." + type, "-q", image.toString());
      mount();
    } catch (IOException e) {
      Directories.delete(home);
      abort("skipped: needs " + type + " on a loop device: " + e.getMessage());
    }
  }

  private void mount() throws IOException {
    Commands.run("mount", "-o", "loop", image.toString(), mount.toString());
    mounted = true;
  }

  /** Where it is mounted. */
  Path root() {
    return mount;
  }

  /** A new directory, which is on disk. */
  Path newDirectory(String name) throws IOException {
    Path directory = Files.createDirectory(mount.resolve(name));
    for (Path each : new Path[] {directory, mount}) {
      try (FileChannel channel = FileChannel.open(each, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
    return directory;
  }

  /** The power fails: what is not on disk is lost. */
  void cutPower() throws IOException {
    try (SystemCalls.OpenFile root = new SystemCalls.OpenFile(mount)) {
      root.shutDownFileSystem();
    }
  }

  /** The machine starts again. Nobody may have a file open. */
  void restart() throws IOException {
    unmount();
    mount();
  }

  /** Frees the loop device, too. A process that was killed may take a moment to let go. */
  private void unmount() throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        Commands.run("umount", mount.toString());
        mounted = false;
        return;
      } catch (IOException e) {
        if (attempt == 3000) {
          throw e;
        }
        LockSupport.parkNanos(20_000_000);
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (mounted) {
      try {
        unmount();
      } catch (IOException e) {
        Commands.run("umount", "-l", mount.toString());
      }
    }
    Directories.delete(home);
  }
}
