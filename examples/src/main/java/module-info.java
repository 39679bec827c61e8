/** Programs that a user would copy. */
@SuppressWarnings({"module", "requires-automatic"})
module dev.pando.examples {
  requires static org.jspecify;
  requires dev.pando.txn;
  requires me.tongfei.progressbar;
}
