package dev.pando;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pando.codec.Codec;
import dev.pando.codec.Tuple2;
import java.io.IOException;
import java.time.Instant;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The README's recipe for entries that expire. */
class ExpiryTest extends DatabaseTestBase {
  // recipe begins
  record Session(String user, Instant expires) {}

  static final Table<String, Session> SESSIONS =
      Table.of("sessions", Codec.utf8(), Codec.record(Session.class));
  static final MultiTable<Instant, String> EXPIRING =
      MultiTable.of("expiring", Codec.instant(), Codec.utf8());

  static void put(WriteTxn tx, String id, Session session) {
    Session before = tx.getAndPut(SESSIONS, id, session);
    if (before != null) {
      tx.delete(EXPIRING, before.expires(), id);
    }
    tx.put(EXPIRING, session.expires(), id);
  }

  static void delete(WriteTxn tx, String id) {
    Session before = tx.getAndDelete(SESSIONS, id);
    if (before != null) {
      tx.delete(EXPIRING, before.expires(), id);
    }
  }

  static long removeExpired(WriteTxn tx, Instant now) {
    Range<Tuple2<Instant, String>> past = Range.lessThan(new Tuple2<>(now, ""));
    tx.scan(EXPIRING.pairs(), past).forEachKey(pair -> tx.delete(SESSIONS, pair.second()));
    return tx.deleteRange(EXPIRING.pairs(), past);
  }

  // recipe ends

  @Test
  void whatHasExpiredGoes() {
    long seed = Long.getLong("crash.seed", System.nanoTime());
    System.out.println("expiry: seed " + seed);
    Random random = new Random(seed);
    TreeMap<String, Session> model = new TreeMap<>();
    Database db = open(Options.defaults().withPageSize(512));
    for (int second = 0; second < 50; second++) {
      Instant now = Instant.ofEpochSecond(second);
      db.update(
          tx -> {
            for (int i = 0; i < 40; i++) {
              String id = "s" + random.nextInt(300);
              Session session = new Session("u" + i, now.plusSeconds(random.nextInt(20)));
              put(tx, id, session);
              model.put(id, session);
              String other = "s" + random.nextInt(300);
              delete(tx, other);
              model.remove(other);
            }
            long expired = model.values().stream().filter(s -> s.expires().isBefore(now)).count();
            assertThat(removeExpired(tx, now)).isEqualTo(expired);
            model.values().removeIf(session -> session.expires().isBefore(now));
            assertThat(tx.asMap(SESSIONS)).isEqualTo(model);
            assertThat(tx.count(EXPIRING)).isEqualTo(model.size());
          });
    }
  }

  @Test
  void readsTheSameInTheReadme() throws IOException {
    ReadmeCode.assertHas(ExpiryTest.class);
  }
}
