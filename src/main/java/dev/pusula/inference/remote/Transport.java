package dev.pusula.inference.remote;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The HTTP client, the few threads on which answers arrive, and the one that watches the time.
 * HTTP/1.1, because the servers in question speak it and answer an offer of HTTP/2 with a warning
 * at best.
 */
final class Transport implements AutoCloseable {

  /** A pause between requests that is not worth new threads. */
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final RemoteSettings settings;
  private final ThreadPoolExecutor threads;
  private final ScheduledThreadPoolExecutor timer;
  private final HttpClient client;

  Transport(RemoteSettings settings) {
    this.settings = settings;
    int processors = Math.max(2, Runtime.getRuntime().availableProcessors());
    this.threads =
        new ThreadPoolExecutor(
            processors,
            processors,
            IDLE.toSeconds(),
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            daemon("remote"));
    // They end by themselves when idle: the client has no end of its own at which to stop them.
    threads.allowCoreThreadTimeOut(true);
    this.timer = new ScheduledThreadPoolExecutor(1, daemon("remote-timer"));
    // What is planned after the end is not done.
    timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    // Nearly every timeout is cancelled; without this each would stay until it is due.
    timer.setRemoveOnCancelPolicy(true);
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(settings.connectTimeout())
            .followRedirects(HttpClient.Redirect.NEVER)
            .executor(threads)
            .build();
  }

  HttpClient client() {
    return client;
  }

  /** A request to a server, with the key if there is one. */
  HttpRequest.Builder request(URI server, String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path));
    return settings.apiKey() == null
        ? request
        : request.header("Authorization", "Bearer " + settings.apiKey());
  }

  /** The same with a JSON body. */
  HttpRequest.Builder post(URI server, String path, byte[] json) {
    return request(server, path)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(json));
  }

  ScheduledFuture<?> after(Duration time, Runnable task) {
    return timer.schedule(task, time.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  private static ThreadFactory daemon(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
