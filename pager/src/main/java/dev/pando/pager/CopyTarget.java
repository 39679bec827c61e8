package dev.pando.pager;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pando.error.StorageException;
import dev.pando.error.StorageIoException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;

/**
 * A file that becomes a copy of a database. It has a temporary name until it is whole and on disk.
 * So a file of the final name is a whole copy, at any moment. For one thread.
 *
 * <p>The first page is a mark until all others are on disk. The next copy to the same name removes
 * a file with that mark if a crash has left it, and no other file.
 */
public final class CopyTarget implements AutoCloseable {
  private static final String MARK = "pando copies to ";

  private final Storage storage;
  private final Path target;
  private final Path temporary;
  private final PageFile file;
  private final int pageSize;
  private boolean installed;

  private CopyTarget(Storage storage, Path target, Path temporary, PageFile file, int pageSize) {
    this.storage = storage;
    this.target = target;
    this.temporary = temporary;
    this.file = file;
    this.pageSize = pageSize;
  }

  /**
   * Creates the file under a temporary name, beside its own.
   *
   * @param target no link
   * @throws StorageIoException if it cannot be created
   */
  public static CopyTarget create(Storage storage, Path target, int pageSize) {
    Path temporary = temporaryFile(storage, target);
    PageFile file = storage.create(temporary);
    try {
      if (!file.tryLock(true)) { // a later copy tries this lock to see whether this one still runs
        throw new StorageIoException(
            temporary + ": cannot be locked, another process uses it", null);
      }
      file.write(ByteBuffer.wrap(mark(target, pageSize)), 0);
      return new CopyTarget(storage, target, temporary, file, pageSize);
    } catch (Throwable e) {
      file.close();
      removeAfter(e, storage, temporary);
      throw e;
    }
  }

  /**
   * Continues with a file that was made under a free name in another way.
   *
   * @param temporary a database that no process has open, with the id {@link #mark(Path)}
   */
  public static CopyTarget adopt(Storage storage, Path target, Path temporary, int pageSize) {
    PageFile file = storage.open(temporary, true);
    if (!file.tryLock(true)) {
      file.close();
      throw new StorageIoException(temporary + ": cannot be locked, another process uses it", null);
    }
    return new CopyTarget(storage, target, temporary, file, pageSize);
  }

  /** A free name beside a file, after removing what a crash has left of an earlier copy. */
  public static Path temporaryFile(Storage storage, Path target) {
    Path usual = DatabaseFile.temporaryFile(target);
    if (!storage.exists(usual)) {
      return usual;
    }
    if (isLeftover(storage, usual, target)) {
      storage.delete(usual);
      storage.delete(DatabaseFile.lockFile(usual)); // of a copy that was a database
      return usual;
    }
    return usual.resolveSibling(usual.getFileName() + "-" + UUID.randomUUID());
  }

  private static boolean isLeftover(Storage storage, Path temporary, Path target) {
    try (PageFile file = storage.open(temporary, true)) {
      byte[] wanted = mark(target, PageHeader.MIN_PAGE_SIZE);
      ByteBuffer found = ByteBuffer.allocate(wanted.length);
      file.read(found, 0);
      return (Arrays.equals(found.array(), wanted) || isMarked(file, target)) && file.tryLock(true);
    } catch (StorageException e) {
      return false; // another file, or it is being written
    }
  }

  private static boolean isMarked(PageFile file, Path target) {
    UUID mark = mark(target);
    return MetaSlots.read(file).valid().stream()
        .allMatch(slot -> slot.meta().databaseId().equals(mark));
  }

  /** The id of a database that is to become a copy, until it is one. */
  public static UUID mark(Path target) {
    return UUID.nameUUIDFromBytes((MARK + target.getFileName()).getBytes(UTF_8));
  }

  private static byte[] mark(Path target, int pageSize) {
    byte[] text = (MARK + target.getFileName()).getBytes(UTF_8);
    return Arrays.copyOf(Arrays.copyOf(text, PageHeader.MIN_PAGE_SIZE), pageSize);
  }

  /** Writes pages, but not the first one. */
  public void write(ByteBuffer pages, long offset) {
    assert offset >= pageSize : "the mark is there";
    file.write(pages, offset);
  }

  /**
   * Puts all pages on disk, then the meta.
   *
   * @param meta the only one of the copy, sealed
   */
  public void finish(Meta meta) {
    lengthen(meta);
    file.sync(true);
    file.write(ByteBuffer.wrap(firstPages(meta)), 0);
    file.sync(true);
  }

  /** Its last pages may be free, and so were not written. */
  private void lengthen(Meta meta) {
    long bytes = meta.pageCount() * pageSize;
    if (file.size() < bytes) {
      file.write(ByteBuffer.allocate(pageSize), bytes - pageSize);
    }
  }

  /**
   * Maps the pages that were written, before {@link #finish}. Each read verifies the page.
   *
   * @return a map with one reference, to be given back with {@link PageMap#release()}
   */
  public PageMap map(Meta meta) {
    lengthen(meta);
    return file.map(pageSize, meta.pageCount(), Checksums.ALWAYS, null);
  }

  /** The pages of the meta slots. All but the first are zeros. */
  public static byte[] firstPages(Meta meta) {
    byte[] pages = new byte[PageHeader.META_SLOTS * meta.pageSize()];
    meta.encode(MemorySegment.ofArray(pages), 0, 0);
    return pages;
  }

  /** Gives the finished file its name, in place of any other of that name; on disk afterwards. */
  public void install() {
    storage.rename(temporary, target);
    installed = true;
    storage.syncDirectory(DatabaseFile.directory(target));
  }

  /** The file while it has no name of its own. */
  public Path temporary() {
    return temporary;
  }

  /** Closes the file, and deletes it unless it has got its name. */
  @Override
  public void close() {
    file.close();
    if (!installed) {
      storage.delete(temporary);
    }
  }

  private static void removeAfter(Throwable first, Storage storage, Path temporary) {
    try {
      storage.delete(temporary);
    } catch (StorageException e) {
      first.addSuppressed(e);
    }
  }
}
