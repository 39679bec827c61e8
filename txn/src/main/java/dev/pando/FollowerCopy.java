package dev.pando;

import dev.pando.pager.CopyTarget;
import dev.pando.pager.FullBackupReader;
import dev.pando.pager.Meta;
import dev.pando.pager.PageFile;
import dev.pando.pager.SequentialInput;
import dev.pando.pager.Storage;
import dev.pando.txn.follower.FollowedMeta;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;

/** Makes the file of a follower from a full backup. */
final class FollowerCopy {
  private final Path path;
  private final Storage storage;
  private final Progress progress;

  FollowerCopy(Path path, Options options, Progress progress) {
    this.path = Objects.requireNonNull(path, "the path is null");
    this.storage = options.storage();
    this.progress = Objects.requireNonNull(progress, "the progress is null");
  }

  void from(Path full) {
    try (PageFile file = storage.open(full, false)) {
      from(new SequentialInput(file));
    }
  }

  void from(SequentialInput in) {
    Backup.refuseExisting(path, storage);
    FullBackupReader full = new FullBackupReader(in);
    FollowedMeta.checkFollowed(in.name(), full.meta());
    Meta meta = FollowedMeta.of(Backup.checked(full.meta(), path), UUID.randomUUID());
    try (CopyTarget copy = CopyTarget.create(storage, storage.realPath(path), meta.pageSize())) {
      long total = meta.pageCount() * meta.pageSize();
      full.forEach(
          (pages, pgno) -> {
            long end = pgno * meta.pageSize() + pages.remaining();
            writeUnlessFree(copy, pages, pgno * meta.pageSize());
            progress.at(end, total);
          });
      CopyCheck.run(copy, meta, "the full backup is damaged; use another one");
      copy.finish(meta);
      Backup.refuseExisting(path, storage);
      copy.install();
    }
  }

  /** Free pages are zeros in a backup; a file system with sparse files need not store them. */
  private static void writeUnlessFree(CopyTarget copy, ByteBuffer pages, long offset) {
    if (pages.mismatch(ByteBuffer.allocate(pages.remaining())) >= 0) {
      copy.write(pages, offset);
    }
  }
}
