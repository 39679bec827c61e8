package dev.pando.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pando.Database;
import dev.pando.Follower;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The follower of the example has whole commits of the source, and goes on without it. */
class FollowedAccountsTest {
  @TempDir Path directory;

  @Test
  void followsOverASocket() throws Exception {
    Path copy = directory.resolve("copy.pando");
    try (Database source = Database.open(directory.resolve("source.pando"));
        ServerSocketChannel server = ServerSocketChannel.open()) {
      FollowedAccounts.deposit(source);
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      CompletableFuture<Void> answers = CompletableFuture.runAsync(() -> answer(source, server));
      try (SocketChannel channel = SocketChannel.open(server.getLocalAddress());
          Follower follower = FollowedAccounts.open(copy, channel)) {
        Random random = new Random(3);
        for (int i = 0; i < 10; i++) {
          for (int j = 0; j < 10; j++) {
            FollowedAccounts.transfer(source, random);
          }
          assertTrue(FollowedAccounts.catchUp(follower, channel));
          assertEquals(source.stat().txnId(), follower.position().txnId());
          assertEquals(FollowedAccounts.sum(source), FollowedAccounts.sum(follower.database()));
        }
        channel.shutdownOutput();
        answers.get();
        assertFalse(FollowedAccounts.catchUp(follower, channel));
        follower.promote();
      }
      assertTrue(source.check().ok());
    }
    try (Database promoted = Database.open(copy)) {
      FollowedAccounts.transfer(promoted, new Random(4));
      FollowedAccounts.sum(promoted);
      assertTrue(promoted.check().ok());
    }
  }

  private static void answer(Database source, ServerSocketChannel server) {
    try (SocketChannel channel = server.accept()) {
      while (FollowedAccounts.answer(source, channel)) {
        // the next request
      }
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
