package dev.pusula.inference.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An OpenAI-compatible server over raw sockets. It lists a base model and adapters as vLLM does,
 * and answers completions as its script says: well, slowly, wrongly, or not at all.
 */
final class FakeServer implements AutoCloseable {

  static final String BASE = "base-model";
  static final ObjectMapper JSON = new ObjectMapper();

  /** What a client asked. */
  record Request(String method, String path, Map<String, String> headers, String body) {
    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException e) {
        throw new AssertionError("the client sent no JSON: " + body, e);
      }
    }
  }

  /** How a completion is answered. */
  interface Script {
    void answer(Request request, Reply reply) throws IOException, InterruptedException;
  }

  private final ServerSocket socket;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  final List<Request> completions = new CopyOnWriteArrayList<>();
  final List<Request> others = new CopyOnWriteArrayList<>();
  final AtomicInteger connections = new AtomicInteger();

  /** Connections that the client closed while an answer waited for that. */
  final AtomicInteger gone = new AtomicInteger();

  final Set<String> adapters = new ConcurrentSkipListSet<>(Set.of("a_adapter", "b_adapter"));
  volatile Script script = FakeServer::write;
  volatile Script models = this::list;
  volatile boolean changeable = true;

  FakeServer() throws IOException {
    this(0);
  }

  FakeServer(int port) throws IOException {
    socket = new ServerSocket(port, 512, InetAddress.getByName("127.0.0.1"));
    Thread acceptor = new Thread(this::accept, "fake-server");
    acceptor.setDaemon(true);
    acceptor.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/v1");
  }

  /** Connections that are open now. */
  int open() {
    return open.size();
  }

  int port() {
    return socket.getLocalPort();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        connections.incrementAndGet();
        open.add(connection);
        Thread thread = new Thread(() -> serve(connection), "fake-connection");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      for (Request request = read(connection); request != null; request = read(connection)) {
        answer(request, new Reply(connection, gone));
      }
    } catch (IOException e) {
      // The other side, or a script, closed it.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(connection);
    }
  }

  private void answer(Request request, Reply reply) throws IOException, InterruptedException {
    if (request.path.endsWith("/completions")) {
      completions.add(request);
      script.answer(request, reply);
      return;
    }
    others.add(request);
    if (request.path.equals("/v1/models")) {
      models.answer(request, reply);
    } else if (!changeable) {
      reply.status(404, "{\"detail\":\"Not Found\"}");
    } else {
      change(request, reply);
    }
  }

  private void list(Request request, Reply reply) throws IOException {
    StringBuilder data =
        new StringBuilder(
            "{\"id\":\"" + BASE + "\",\"parent\":null,\"root\":\"/m\",\"max_model_len\":4096}");
    for (String adapter : adapters) {
      data.append(
          ",{\"id\":\"%s\",\"parent\":\"%s\",\"root\":\"/loras/%s\"}"
              .formatted(adapter, BASE, adapter));
    }
    reply.status(200, "{\"object\":\"list\",\"data\":[" + data + "]}");
  }

  private void change(Request request, Reply reply) throws IOException {
    String name = request.json().path("lora_name").asText();
    if (request.path.endsWith("/load_lora_adapter")) {
      if (request.json().path("lora_path").asText().contains("broken")) {
        reply.status(400, "{\"error\":{\"message\":\"no adapter_config.json\",\"code\":400}}");
      } else if (adapters.add(name)) {
        reply.status(200, "Success");
      } else {
        reply.status(400, "{\"error\":{\"message\":\"already loaded\",\"code\":400}}");
      }
    } else if (adapters.remove(name)) {
      reply.status(200, "Success");
    } else {
      reply.status(404, "{\"error\":{\"message\":\"cannot be found\",\"code\":404}}");
    }
  }

  /** A token each 2 ms up to the bound, then the usage. */
  static void write(Request request, Reply reply) throws IOException, InterruptedException {
    int tokens = request.json().path("max_tokens").asInt(8);
    reply.stream();
    for (int i = 0; i < tokens; i++) {
      reply.event(text(request, "k" + i + " ", i == tokens - 1 ? "length" : null));
      Thread.sleep(2);
    }
    reply.event(usage(7, tokens, 3));
    reply.done();
  }

  /** An event of the API that the request used. */
  static String text(Request request, String text, String finish) {
    return text(request.path.contains("/chat/"), text, finish);
  }

  static String text(boolean chat, String text, String finish) {
    String reason = finish == null ? "null" : "\"" + finish + "\"";
    return chat
        ? "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"},\"finish_reason\":%s}]}"
            .formatted(text, reason)
        : "{\"choices\":[{\"index\":0,\"text\":\"%s\",\"finish_reason\":%s}]}"
            .formatted(text, reason);
  }

  static String usage(int prompt, int completion, int cached) {
    return "{\"choices\":[],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"prompt_tokens_details\":{\"cached_tokens\":%d}}}"
        .formatted(prompt, completion, cached);
  }

  private static Request read(Socket connection) throws IOException {
    InputStream in = connection.getInputStream();
    String start = line(in);
    if (start == null) {
      return null;
    }
    Map<String, String> headers = new HashMap<>();
    for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    String[] words = start.split(" ");
    return new Request(
        words[0], words[1], Map.copyOf(headers), new String(body, StandardCharsets.UTF_8));
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        return line.toString(StandardCharsets.ISO_8859_1).strip();
      }
      line.write(b);
    }
    return null;
  }

  /** Breaks every connection, as a process that is killed. */
  void kill() throws IOException {
    socket.close();
    for (Socket connection : open) {
      try {
        connection.setSoLinger(true, 0);
      } catch (SocketException e) {
        // Its own thread closed it first.
      }
      connection.close();
    }
  }

  @Override
  public void close() throws IOException {
    kill();
  }

  /** One answer on its connection. */
  static final class Reply {
    private final Socket connection;
    private final AtomicInteger gone;

    Reply(Socket connection, AtomicInteger gone) throws SocketException {
      this.connection = connection;
      this.gone = gone;
      connection.setTcpNoDelay(true);
    }

    /** A whole answer; further headers as {@code Name: value}. */
    void status(int status, String body, String... headers) throws IOException {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      StringBuilder head =
          new StringBuilder("HTTP/1.1 " + status + " -\r\nContent-Length: " + bytes.length);
      for (String header : headers) {
        head.append("\r\n").append(header);
      }
      write(head + "\r\n\r\n");
      write(bytes);
    }

    /** The head of a stream. */
    void stream() throws IOException {
      write(
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    }

    /** Bytes as one chunk of the stream. */
    void chunk(byte[] bytes) throws IOException {
      ByteArrayOutputStream framed = new ByteArrayOutputStream();
      framed.writeBytes(
          (Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      framed.writeBytes(bytes);
      framed.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
      write(framed.toByteArray());
    }

    void event(String data) throws IOException {
      chunk(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
    }

    /** The last event and the end of the stream. */
    void done() throws IOException {
      event("[DONE]");
      finish();
    }

    /** The end of the stream. */
    void finish() throws IOException {
      write("0\r\n\r\n");
    }

    /** Ends the connection as a crash does. */
    void reset() throws IOException {
      connection.setSoLinger(true, 0);
      connection.close();
    }

    /** Says nothing until the client goes, ten seconds at most. */
    void hang() throws IOException {
      connection.setSoTimeout(10_000);
      try {
        if (connection.getInputStream().read() < 0) {
          gone.incrementAndGet();
        }
      } catch (SocketException e) {
        gone.incrementAndGet();
        throw e;
      }
    }

    private void write(String text) throws IOException {
      write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void write(byte[] bytes) throws IOException {
      OutputStream out = connection.getOutputStream();
      out.write(bytes);
      out.flush();
    }
  }
}
