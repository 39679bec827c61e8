/** State stores of Kafka Streams whose data is in Pando: begin at {@link PandoStores}. */
@NullMarked
package dev.pando.kafka.streams;

import org.jspecify.annotations.NullMarked;
