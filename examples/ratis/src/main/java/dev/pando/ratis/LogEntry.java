package dev.pando.ratis;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A committed entry of the Raft log that waits to be applied.
 *
 * @param invocation the call that it comes from; null for entries of Raft itself, which only move
 *     the index
 * @param request the bytes of the request; empty for entries of Raft itself
 * @param result completes when the entry is applied
 */
record LogEntry(
    Applied position,
    @Nullable Invocation invocation,
    ByteBuffer request,
    CompletableFuture<WriteResult> result) {

  static LogEntry ofRaft(Applied position) {
    return new LogEntry(position, null, ByteBuffer.allocate(0), new CompletableFuture<>());
  }

  static LogEntry ofClient(Applied position, Invocation invocation, ByteBuffer request) {
    return new LogEntry(position, invocation, request, new CompletableFuture<>());
  }
}
