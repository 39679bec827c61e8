package dev.pando.pager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pando.error.DatabaseFullException;
import dev.pando.error.StorageIoException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStorageTest {
  @TempDir Path dir;

  private static StorageIoException refused(Runnable operation, String... says) {
    StorageIoException e = assertThrows(StorageIoException.class, operation::run);
    Pages.assertSays(e, says);
    return e;
  }

  @Test
  void whatCannotBeOpenedSaysWhy() throws Exception {
    Path missing = dir.resolve("missing");
    refused(() -> Pages.STORAGE.open(missing, true), missing.toString(), "no such file");
    refused(() -> Pages.STORAGE.open(dir, false), dir.toString(), "is a directory");
    refused(
        () -> Pages.STORAGE.create(missing.resolve("f")), "cannot create", "create the directory");
    Path taken = Files.createFile(dir.resolve("taken"));
    refused(() -> Pages.STORAGE.create(taken), "exists");
    refused(() -> Pages.STORAGE.syncDirectory(missing), "no such file");
    refused(() -> Pages.STORAGE.rename(missing, taken), missing.toString(), taken.toString());
  }

  @Test
  void aPipeIsNotOpened() throws Exception {
    Path pipe = dir.resolve("pipe");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "needs mkfifo");
    assertEquals(0, new ProcessBuilder("/usr/bin/mkfifo", pipe.toString()).start().waitFor());
    refused(() -> Pages.STORAGE.open(pipe, false), "not a regular file");
  }

  @Test
  void namesComeAndGo() {
    Path from = dir.resolve("a");
    Path to = dir.resolve("b");
    Pages.STORAGE.create(from).close();
    Pages.STORAGE.create(to).close();
    Pages.STORAGE.rename(from, to);
    Pages.STORAGE.syncDirectory(dir);
    assertFalse(Pages.STORAGE.exists(from));
    assertTrue(Pages.STORAGE.exists(to));
    Pages.STORAGE.delete(to);
    Pages.STORAGE.delete(to);
    assertFalse(Pages.STORAGE.exists(to));
  }

  @Test
  void theSystemsErrorsGetTheirTypes() {
    Path path = dir.resolve("f");
    String[] noRoom = {"No space left on device", "Disk quota exceeded", "File too large"};
    for (String text : noRoom) {
      assertInstanceOf(
          DatabaseFullException.class, IoFailure.of(path, "write", new IOException(text)), text);
    }
    Exception denied = IoFailure.of(path, "open", new AccessDeniedException(path.toString()));
    Pages.assertSays(denied, path.toString(), "no permission", "owner and mode");
    Exception readOnly =
        IoFailure.of(path, "open", new FileSystemException("f", null, "Read-only file system"));
    Pages.assertSays(readOnly, "read-only", "for reading only");
    IOException eio = new IOException("Input/output error");
    Exception failed = IoFailure.of(path, "sync", eio);
    Pages.assertSays(failed, "cannot sync: Input/output error");
    assertEquals(eio, failed.getCause());
    Pages.assertSays(IoFailure.of(path, "sync", new IOException()), "IOException");
  }
}
