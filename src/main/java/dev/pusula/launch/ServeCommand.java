package dev.pusula.launch;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pusula serve}: runs the service until it is interrupted. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Run the service: PostgreSQL, router, inference, history. Ends on Ctrl-C.",
    footer = {
      "",
      "Environment:",
      "  PUSULA_MODEL          checkpoint folder that the engine serves (default: a synthetic one)",
      "  PUSULA_WEIGHTS        STORED (default) or INT8: half the memory, and some accuracy",
      "  PUSULA_ADAPTER_ROOT   folder that adapters may be loaded from at run time (default: adapters"
          + " in the checkpoint)",
      "  JDK_JAVA_OPTIONS      for the server's JVM: -Xmx48g for a large checkpoint",
      "  PUSULA_SECTORS        sectors.yaml of your own",
      "  PUSULA_ROUTER_MODEL   router model of your own",
      "  PUSULA_REMOTE_URLS    OpenAI-compatible servers that serve instead of the engine, separated"
          + " by commas: http://127.0.0.1:8000/v1",
      "  PUSULA_REMOTE_MODEL   id of their base model (default: the first that they list and that is"
          + " no adapter)",
      "  PUSULA_REMOTE_API_KEY             bearer token for them",
      "  PUSULA_REMOTE_POLICY              round_robin, least_in_flight (default) or"
          + " performance_weighted",
      "  PUSULA_REMOTE_CONNECT_TIMEOUT     default 2s",
      "  PUSULA_REMOTE_FIRST_BYTE_TIMEOUT  default 60s",
      "  PUSULA_REMOTE_CONTEXT_LENGTH      tokens, where the servers do not tell (default 131072)",
      "  PUSULA_REMOTE_MAX_IN_FLIGHT       one more is refused (default 1024)"
    })
final class ServeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--port",
      defaultValue = "8080",
      description = "HTTP port, 0 for a free one (default ${DEFAULT-VALUE})")
  private int port;

  @Option(
      names = "--bind",
      defaultValue = "127.0.0.1",
      description = "loopback address to listen on (default ${DEFAULT-VALUE})")
  private String bind;

  @Override
  public Integer call() throws InterruptedException {
    var out = spec.commandLine().getOut();
    out.println("starting …");
    Service service = Service.start(Home.ofEnvironment(), bind, port);
    Runtime.getRuntime().addShutdownHook(new Thread(service::close, "stop"));
    out.println("API       " + service.url() + "/api   (OpenAPI: " + service.url() + "/openapi)");
    out.println("OpenAI    " + service.url() + "/v1");
    out.println("health    " + service.url() + "/health");
    out.println("metrics   " + service.url() + "/metrics");
    out.println("history   psql " + service.psqlUrl());
    out.println("ready; Ctrl-C stops");
    int code = service.server().await();
    spec.commandLine().getErr().println("pusula: the server ended by itself with code " + code);
    return 1;
  }
}
