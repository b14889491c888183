package dev.pusula.load;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/** An OpenAI-compatible server that streams on absolute deadlines, or fails as its status says. */
final class ScriptedServer implements AutoCloseable {
  private final HttpServer server;

  ScriptedServer(int status, int firstMillis, int gapMillis, int chunks) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext(
        "/",
        exchange -> {
          long start = System.nanoTime();
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(status, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            send(out, "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}");
            for (int i = 0; i < chunks; i++) {
              long due = start + (firstMillis + (long) i * gapMillis) * 1_000_000L;
              for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
              }
              send(out, "{\"choices\":[{\"delta\":{\"content\":\"ş\"}}]}");
            }
            send(out, "[DONE]");
          }
        });
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private static void send(OutputStream out, String data) throws IOException {
    out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
