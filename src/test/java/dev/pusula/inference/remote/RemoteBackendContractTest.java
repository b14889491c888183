package dev.pusula.inference.remote;

import dev.pusula.inference.control.InferenceBackend;
import dev.pusula.inference.control.InferenceBackendContract;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

class RemoteBackendContractTest extends InferenceBackendContract {

  private FakeServer server;

  @Override
  protected InferenceBackend open() throws IOException {
    server = new FakeServer();
    return new RemoteBackend(RemoteSettings.of(List.of(server.url())), "", System::nanoTime);
  }

  @Override
  protected int longest() {
    return 1000;
  }

  @AfterEach
  void closeServer() throws IOException {
    server.close();
  }
}
