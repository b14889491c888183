package dev.pusula.load;

import dev.pusula.load.Exchange.Outcome;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Asynchronous client of one host on one shared event loop, with kept-alive connections. Stamps are
 * taken on the loop: {@code sent} as the request is written to an open connection (connecting is
 * not part of a latency), everything else when its bytes were read. Never retries. Thread-safe.
 */
final class SseClient implements AutoCloseable {
  private static final Pattern ROUTER_TIME = Pattern.compile("router;.*?dur=([0-9.]+)");

  private final NioEventLoopGroup group = new NioEventLoopGroup(1);
  private final EventLoop loop = group.next();
  private final Deque<Channel> idle = new ArrayDeque<>(); // touched on the loop only
  private final Set<Exchange> inFlight = ConcurrentHashMap.newKeySet();
  private final Bootstrap bootstrap;
  private final URI host;
  private final Duration deadline;
  private final @Nullable String apiKey;
  private final Consumer<Exchange> sink;

  /**
   * @param deadline how long a request may take, connecting included
   * @param sink gets every ended exchange on the loop; must not block
   * @throws SSLException if the host is https and the platform has no TLS
   */
  SseClient(
      URI host,
      Duration connectTimeout,
      Duration deadline,
      @Nullable String apiKey,
      Consumer<Exchange> sink)
      throws SSLException {
    this.host = host;
    this.deadline = deadline;
    this.apiKey = apiKey;
    this.sink = sink;
    boolean secure = "https".equals(host.getScheme());
    int port = host.getPort() >= 0 ? host.getPort() : secure ? 443 : 80;
    SslContext tls =
        secure
            ? SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .endpointIdentificationAlgorithm("HTTPS")
                .build()
            : null;
    this.bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTimeout.toMillis())
            .remoteAddress(host.getHost(), port)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    Connection connection = new Connection();
                    channel.pipeline().addLast(new ReadStamp(connection));
                    if (tls != null) {
                      channel
                          .pipeline()
                          .addLast(tls.newHandler(channel.alloc(), host.getHost(), port));
                    }
                    channel.pipeline().addLast(new HttpClientCodec());
                    channel.pipeline().addLast("connection", connection);
                  }
                });
  }

  /** Starts the request; returns at once. */
  void submit(Exchange exchange, String path, byte[] json) {
    inFlight.add(exchange);
    loop.execute(() -> start(exchange, path, json));
  }

  /** Ends everything under way as cancelled. */
  void cancelAll() {
    loop.execute(() -> inFlight.forEach(e -> end(e, Outcome.CANCELLED, "the run was stopped")));
  }

  private void start(Exchange exchange, String path, byte[] json) {
    Future<?> timer =
        loop.schedule(
            () ->
                end(
                    exchange,
                    Outcome.TIMED_OUT,
                    "no complete answer in " + deadline.toMillis() + " ms"),
            deadline.toNanos(),
            TimeUnit.NANOSECONDS);
    Channel pooled = idle.pollFirst();
    while (pooled != null && !pooled.isActive()) {
      pooled = idle.pollFirst();
    }
    if (pooled != null) {
      write(pooled, exchange, timer, path, json);
      return;
    }
    ChannelFuture connecting = bootstrap.connect();
    connecting.addListener(
        f -> {
          if (f.isSuccess()) {
            write(connecting.channel(), exchange, timer, path, json);
          } else {
            timer.cancel(false);
            end(exchange, Outcome.FAILED, "cannot connect: " + f.cause().getMessage());
          }
        });
  }

  private void write(
      Channel channel, Exchange exchange, Future<?> timer, String path, byte[] json) {
    if (exchange.outcome() != null) { // timed out or cancelled while connecting
      timer.cancel(false);
      idle.addFirst(channel);
      return;
    }
    var request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.POST, path, Unpooled.wrappedBuffer(json));
    request
        .headers()
        .set(HttpHeaderNames.HOST, host.getAuthority())
        .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
        .set(HttpHeaderNames.ACCEPT, "text/event-stream, application/json")
        .set(HttpHeaderNames.CONTENT_LENGTH, json.length);
    if (apiKey != null) {
      request.headers().set(HttpHeaderNames.AUTHORIZATION, "Bearer " + apiKey);
    }
    channel.pipeline().get(Connection.class).begin(exchange, timer);
    exchange.channel = channel;
    exchange.sent = System.nanoTime();
    channel
        .writeAndFlush(request)
        .addListener(
            f -> {
              if (!f.isSuccess()) {
                end(exchange, Outcome.FAILED, "connection reset");
                channel.close();
              }
            });
  }

  private void end(Exchange exchange, Outcome how, String why) {
    if (exchange.finish(how, why, System.nanoTime())) {
      deliver(exchange);
      if (exchange.channel != null) { // its rest would be read as the next answer
        exchange.channel.close();
      }
    }
  }

  private void deliver(Exchange exchange) {
    inFlight.remove(exchange);
    sink.accept(exchange);
    exchange.release();
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
  }

  /** Takes the time of a read before anything decodes it. */
  private static final class ReadStamp extends ChannelInboundHandlerAdapter {
    private final Connection connection;

    ReadStamp(Connection connection) {
      this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      connection.readAt = System.nanoTime();
      context.fireChannelRead(message);
    }
  }

  /** One connection and the exchange it carries. */
  private final class Connection extends ChannelInboundHandlerAdapter {
    private long readAt;
    private @Nullable Exchange current;
    private @Nullable Future<?> timer;
    private @Nullable EventStreamParser parser;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private boolean reusable;

    void begin(Exchange exchange, Future<?> deadlineTimer) {
      current = exchange;
      body.reset();
      parser = new EventStreamParser((data, length) -> exchange.event(data, length, readAt));
      timer = deadlineTimer;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message)
        throws java.io.IOException {
      try {
        Exchange exchange = current;
        if (exchange == null) {
          return;
        }
        if (exchange.outcome() != null) { // timed out or cancelled: the rest is of no use
          context.close();
          return;
        }
        if (message instanceof HttpResponse response) {
          head(exchange, response);
        }
        if (message instanceof HttpContent content) {
          content(exchange, content.content());
        }
        if (message instanceof LastHttpContent) {
          last(context, exchange);
        }
      } finally {
        ReferenceCountUtil.release(message);
      }
    }

    private void head(Exchange exchange, HttpResponse response) {
      exchange.headers = readAt;
      exchange.status = response.status().code();
      reusable = HttpUtil.isKeepAlive(response);
      var headers = response.headers();
      exchange.routedSector = headers.get("Pusula-Sector");
      exchange.adapters = headers.get("Pusula-Adapters");
      exchange.backend = headers.get("Pusula-Backend");
      try {
        String score = headers.get("Pusula-Score");
        exchange.routedScore = score == null ? null : Double.valueOf(score);
        Matcher time = ROUTER_TIME.matcher(headers.get("Server-Timing", ""));
        if (time.find()) {
          exchange.routerMicros = Math.round(Double.parseDouble(time.group(1)) * 1_000);
        }
      } catch (NumberFormatException e) {
        exchange.error = "a Pusula header is not a number";
      }
    }

    private void content(Exchange exchange, ByteBuf bytes) throws java.io.IOException {
      if (exchange.planned.kind() == PlannedRequest.Kind.ROUTE) {
        bytes.readBytes(body, bytes.readableBytes());
      } else if (exchange.status == 200 && parser != null) {
        parser.feed(bytes);
      }
    }

    private void last(ChannelHandlerContext context, Exchange exchange) {
      if (exchange.status == 200 && exchange.planned.kind() == PlannedRequest.Kind.ROUTE) {
        exchange.route(body.toByteArray());
      }
      detach();
      exchange.complete(readAt);
      if (reusable) {
        idle.addFirst(context.channel());
      } else {
        context.close();
      }
      deliver(exchange);
    }

    private void detach() {
      current = null;
      if (timer != null) {
        timer.cancel(false);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      idle.remove(context.channel());
      Exchange exchange = current;
      if (exchange != null) {
        detach();
        end(exchange, Outcome.FAILED, exchange.chunks > 0 ? "cut mid-stream" : "connection reset");
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
