package dev.pando.kafka.streams;

import java.util.Objects;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.kstream.internals.SessionWindow;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.Query;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.query.QueryResult;
import org.apache.kafka.streams.state.HeadersBytesStore;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.SessionStore;
import org.jspecify.annotations.Nullable;

/** A store of sessions; see {@link PandoStores#persistentSessionStore}. */
class PandoSessionStore extends SegmentedStore implements SessionStore<Bytes, byte[]> {
  PandoSessionStore(SessionSupplier settings) {
    super(
        new SegmentedTable(
            settings.name(),
            KeyLayout.SESSION,
            settings.retentionPeriod(),
            settings.segmentIntervalMs()));
  }

  /** Whose values begin with headers. */
  static final class WithHeaders extends PandoSessionStore implements HeadersBytesStore {
    WithHeaders(SessionSupplier settings) {
      super(settings);
    }

    @Override
    public <R> QueryResult<R> query(Query<R> query, PositionBound bound, QueryConfig config) {
      return QueryResult.forUnknownQueryType(query, this); // as Kafka's own store
    }
  }

  @Override
  public void put(Windowed<Bytes> session, byte @Nullable [] aggregate) {
    entries.put(key(session), aggregate);
  }

  @Override
  public void remove(Windowed<Bytes> session) {
    entries.remove(key(session));
  }

  private static Bytes key(Windowed<Bytes> session) {
    Objects.requireNonNull(session, "sessionKey cannot be null");
    return KeyLayout.SESSION.key(session.key(), session.window().end(), session.window().start());
  }

  /** The aggregate of one session; the names of the last two parameters are Kafka's. */
  @Override
  public byte @Nullable [] fetchSession(Bytes key, long sessionStart, long sessionEnd) {
    Objects.requireNonNull(key, "key cannot be null");
    return entries.get(KeyLayout.SESSION.key(key, sessionEnd, sessionStart));
  }

  @Override
  public KeyValueIterator<Windowed<Bytes>, byte[]> findSessions(
      Bytes key, long earliestEnd, long latestStart) {
    return sessions(entries.fetch(Objects.requireNonNull(key), earliestEnd, latestStart, true));
  }

  @Override
  public KeyValueIterator<Windowed<Bytes>, byte[]> backwardFindSessions(
      Bytes key, long earliestEnd, long latestStart) {
    return sessions(entries.fetch(Objects.requireNonNull(key), earliestEnd, latestStart, false));
  }

  @Override
  public KeyValueIterator<Windowed<Bytes>, byte[]> findSessions(
      @Nullable Bytes keyFrom, @Nullable Bytes keyTo, long earliestEnd, long latestStart) {
    return sessions(entries.fetch(keyFrom, keyTo, earliestEnd, latestStart, true));
  }

  @Override
  public KeyValueIterator<Windowed<Bytes>, byte[]> backwardFindSessions(
      @Nullable Bytes keyFrom, @Nullable Bytes keyTo, long earliestEnd, long latestStart) {
    return sessions(entries.fetch(keyFrom, keyTo, earliestEnd, latestStart, false));
  }

  @Override
  public KeyValueIterator<Windowed<Bytes>, byte[]> findSessions(long earliestEnd, long latestEnd) {
    return sessions(entries.fetchByTime(earliestEnd, latestEnd));
  }

  @Override
  public KeyValueIterator<Windowed<Bytes>, byte[]> fetch(Bytes key) {
    return findSessions(key, 0, Long.MAX_VALUE);
  }

  @Override
  public KeyValueIterator<Windowed<Bytes>, byte[]> backwardFetch(Bytes key) {
    return backwardFindSessions(key, 0, Long.MAX_VALUE);
  }

  @Override
  public KeyValueIterator<Windowed<Bytes>, byte[]> fetch(
      @Nullable Bytes keyFrom, @Nullable Bytes keyTo) {
    return findSessions(keyFrom, keyTo, 0, Long.MAX_VALUE);
  }

  @Override
  public KeyValueIterator<Windowed<Bytes>, byte[]> backwardFetch(
      @Nullable Bytes keyFrom, @Nullable Bytes keyTo) {
    return backwardFindSessions(keyFrom, keyTo, 0, Long.MAX_VALUE);
  }

  private KeyValueIterator<Windowed<Bytes>, byte[]> sessions(StoreIterator found) {
    return new ConvertedIterator<>(found, entries.keys(PandoSessionStore::session));
  }

  private static Windowed<Bytes> session(Bytes key) {
    SessionWindow window =
        new SessionWindow(KeyLayout.SESSION.other(key), KeyLayout.SESSION.time(key));
    return new Windowed<>(KeyLayout.SESSION.recordKey(key), window);
  }
}
