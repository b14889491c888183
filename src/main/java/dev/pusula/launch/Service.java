package dev.pusula.launch;

import dev.pusula.inference.remote.RemoteSettings;
import dev.pusula.routing.control.RouterModel;
import dev.pusula.routing.control.SectorsFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** The running product: its database and its server. Closing stops both, the server first. */
final class Service implements AutoCloseable {

  private final Postgres postgres;
  private final PayaraMicro server;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Service(Postgres postgres, PayaraMicro server) {
    this.postgres = postgres;
    this.server = server;
  }

  /**
   * Starts database and server and waits until they answer.
   *
   * @param port 0 for a free one
   */
  static Service start(Home home, String bind, int port) {
    requireLoopback(bind);
    // Told here, with line and field; from inside the server it would be a failed deployment.
    SectorsFile.load(System.getenv("PUSULA_SECTORS"));
    RouterModel.load(System.getenv("PUSULA_ROUTER_MODEL"));
    boolean remote = RemoteSettings.read(Service::property).isPresent();
    Postgres postgres = Postgres.open(home);
    try {
      Map<String, String> environment = new HashMap<>(postgres.environment());
      environment.put("PUSULA_HOME", home.state().toString());
      // Servers that answer need no checkpoint; one that is named all the same is told as unused.
      if (!remote) {
        environment.put("PUSULA_MODEL", DefaultModel.directory(home).toString());
      }
      return new Service(
          postgres, PayaraMicro.start(home, bind, port == 0 ? freePort() : port, environment));
    } catch (Failure e) {
      postgres.close();
      throw e;
    }
  }

  /** As the server's own configuration reads the environment that it inherits. */
  private static Optional<String> property(String name) {
    return Optional.ofNullable(
        System.getenv(name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_')));
  }

  URI url() {
    return server.url();
  }

  String psqlUrl() {
    return postgres.psqlUrl();
  }

  PayaraMicro server() {
    return server;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try (postgres) {
        server.close();
      }
    }
  }

  /** There are no API keys yet, so nothing but this machine may reach the server. */
  private static void requireLoopback(String bind) {
    try {
      if (!InetAddress.getByName(bind).isLoopbackAddress()) {
        throw new Failure(
            "refusing to bind to "
                + bind
                + ": the API has no authentication yet, so it is offered on a loopback"
                + " address only. Put a proxy with authentication before it.");
      }
    } catch (IOException e) {
      throw new Failure("not an address: " + bind, e);
    }
  }

  private static int freePort() {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new Failure("no free port", e);
    }
  }
}
