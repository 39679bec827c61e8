/**
 * Time: snapshots, commit, recovery, page reuse, tables. The module that users require.
 *
 * <p>Chronicle Bytes is needed by users of {@link dev.pando.codec.ChronicleCodec} only, Jackson by
 * those of {@link dev.pando.codec.JsonCodec} only. The classes of {@link dev.pando.metrics} need
 * what each of them names. Events are recorded where there is {@code jdk.jfr}.
 */
@SuppressWarnings({"module", "requires-automatic"})
module dev.pando.txn {
  requires static org.jspecify;
  requires transitive dev.pando.pager; // for dev.pando.error, which users catch
  requires dev.pando.btree;
  requires static chronicle.bytes;
  requires static com.fasterxml.jackson.databind;
  requires static java.management;
  requires static jdk.jfr;
  requires static micrometer.core;
  requires static io.opentelemetry.api;
  requires static kotlin.stdlib; // an annotation in Transactor, which is not loaded

  exports dev.pando;
  exports dev.pando.codec;
  exports dev.pando.metrics;
}
