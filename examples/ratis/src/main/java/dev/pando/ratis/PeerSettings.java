package dev.pando.ratis;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/**
 * Settings of Ratis for a peer. {@link #properties} has what the state machine needs; change the
 * rest there.
 *
 * @param storage the directory of the peer, for the log, the snapshots and the database
 * @param port of gRPC
 * @param snapshotThreshold entries of the log after which a snapshot is made
 * @param keptEntries entries before a snapshot that stay in the log, so that a peer that lags a
 *     little gets them and not the snapshot
 * @param segmentBytes the log is purged by whole files of this size
 * @param electionTimeout the least time without a leader after which a peer wants to be elected;
 *     the greatest is twice as long
 */
public record PeerSettings(
    Path storage,
    int port,
    long snapshotThreshold,
    long keptEntries,
    SizeInBytes segmentBytes,
    TimeDuration electionTimeout) {

  /**
   * How long a peer that runs knows a call, so that it is not put into the log again. Longer than
   * {@link TableClient#LONGEST_CALL}.
   */
  static final TimeDuration CALLS_ARE_KNOWN = TimeDuration.valueOf(90, TimeUnit.SECONDS);

  /** A snapshot every 50,000 entries, and 10,000 stay; elections after 1 to 2 seconds. */
  public static PeerSettings of(Path storage, int port) {
    TimeDuration timeout = TimeDuration.valueOf(1, TimeUnit.SECONDS);
    return new PeerSettings(storage, port, 50_000, 10_000, SizeInBytes.valueOf("8MB"), timeout);
  }

  /** The same with another rhythm of snapshots. */
  public PeerSettings withSnapshots(long threshold, long kept, SizeInBytes segment) {
    return new PeerSettings(storage, port, threshold, kept, segment, electionTimeout);
  }

  /** The settings for {@code RaftServer.Builder.setProperties}. */
  public RaftProperties properties() {
    RaftProperties all = new RaftProperties();
    RaftServerConfigKeys.setStorageDir(all, List.of(storage.toFile()));
    GrpcConfigKeys.Server.setPort(all, port);
    RaftServerConfigKeys.Read.setOption(all, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
    RaftServerConfigKeys.Rpc.setTimeoutMin(all, electionTimeout);
    RaftServerConfigKeys.Rpc.setTimeoutMax(all, electionTimeout.multiply(2));
    RaftServerConfigKeys.RetryCache.setExpiryTime(all, CALLS_ARE_KNOWN);
    // A snapshot of the leader goes to the peer as a file.
    RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(all, true);
    // With it, an append that a snapshot has overtaken fails, and all later ones with it, until the
    // peer restarts (Ratis 3.3.0).
    RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(all, false);
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(all, true);
    RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(all, snapshotThreshold);
    RaftServerConfigKeys.Snapshot.setRetentionFileNum(all, 2);
    // The database is as new as a snapshot would be.
    RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(all, false);
    // Or a peer that is gone would keep the log of all others.
    RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(all, true);
    RaftServerConfigKeys.Log.setPurgePreservationLogNum(all, keptEntries);
    // It would be an entry for each commit, so that a restart knows what was committed. The
    // database knows what is applied.
    RaftServerConfigKeys.Log.setLogMetadataEnabled(all, false);
    RaftServerConfigKeys.Log.setPurgeGap(all, Math.clamp(snapshotThreshold / 2, 1, 1024));
    RaftServerConfigKeys.Log.setSegmentSizeMax(all, segmentBytes);
    RaftServerConfigKeys.Log.setPreallocatedSize(all, segmentBytes);
    return all;
  }
}
