package dev.pando;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs tasks one after the other on a daemon thread that ends when it had none for 10 s. */
final class OneThread {
  private OneThread() {}

  /** Makes an executor whose thread has this name. */
  static Executor named(String name) {
    return new ThreadPoolExecutor(
        0,
        1,
        10,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        Thread.ofPlatform().daemon().name(name).factory());
  }
}
