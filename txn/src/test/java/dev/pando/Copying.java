package dev.pando;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The usual ways in which a program reads, copies or packs a file of its own data directory. Each
 * ends with a descriptor that is closed, which on POSIX systems drops all record locks that the
 * process has on the file.
 */
enum Copying {
  READ_ALL_BYTES {
    @Override
    void run(Path file, Path target) throws IOException {
      byte[] _ = Files.readAllBytes(file);
    }
  },
  FILES_COPY {
    @Override
    void run(Path file, Path target) throws IOException {
      Path _ = Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
    }
  },
  INPUT_STREAM {
    @Override
    void run(Path file, Path target) throws IOException {
      try (InputStream in = new FileInputStream(file.toFile())) {
        long _ = in.transferTo(OutputStream.nullOutputStream());
      }
    }
  },
  RANDOM_ACCESS_FILE {
    @Override
    void run(Path file, Path target) throws IOException {
      try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
        int _ = in.read(new byte[100]);
      }
    }
  },
  TRANSFER_TO {
    @Override
    void run(Path file, Path target) throws IOException {
      try (FileChannel in = FileChannel.open(file);
          FileOutputStream out = new FileOutputStream(target.toFile())) {
        long _ = in.transferTo(0, in.size(), out.getChannel());
      }
    }
  },
  ZIP {
    @Override
    void run(Path file, Path target) throws IOException {
      try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(target))) {
        zip.putNextEntry(new ZipEntry("copy"));
        long _ = Files.copy(file, zip);
      }
    }
  },
  DIGEST {
    @Override
    void run(Path file, Path target) throws IOException {
      try (DigestInputStream in =
          new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
        long _ = in.transferTo(OutputStream.nullOutputStream());
      } catch (NoSuchAlgorithmException e) {
        throw new IOException(e);
      }
    }
  },
  BYTE_CHANNEL {
    @Override
    void run(Path file, Path target) throws IOException {
      try (SeekableByteChannel channel =
          Files.newByteChannel(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        long _ = channel.size();
      }
    }
  },
  ASYNCHRONOUS_CHANNEL {
    @Override
    void run(Path file, Path target) throws IOException {
      try (AsynchronousFileChannel channel = AsynchronousFileChannel.open(file)) {
        long _ = channel.size();
      }
    }
  },
  MAP {
    @Override
    void run(Path file, Path target) throws IOException {
      try (FileChannel channel = FileChannel.open(file)) {
        byte _ = channel.map(FileChannel.MapMode.READ_ONLY, 0, 100).get(0);
      }
    }
  };

  /** Reads a file; some ways make a copy. */
  abstract void run(Path file, Path target) throws IOException;

  /** Reads both files of a database. */
  final void both(Path database) throws IOException {
    Path target = Files.createTempFile("pando-copy", null);
    try {
      run(database, target);
      run(database.resolveSibling(database.getFileName() + "-lock"), target);
    } finally {
      Files.deleteIfExists(target);
    }
  }
}
