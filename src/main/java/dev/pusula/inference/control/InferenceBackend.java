package dev.pusula.inference.control;

import dev.pusula.inference.entity.AdapterChange;
import dev.pusula.inference.entity.BackendStatistics;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.GpuLoad;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.inference.entity.ServedModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Something that continues a prompt: the engine on one of its devices, or a remote server.
 * Thread-safe. Every submitted request ends with exactly one call of {@link
 * GenerationListener#ended}.
 */
public interface InferenceBackend extends AutoCloseable {

  /** Short name for headers, samples and metrics, such as {@code engine-cpu-vector}. */
  String name();

  /** The base model. */
  ServedModel model();

  /** The adapters that can be named in a request now, ordered by name. */
  List<ServedAdapter> adapters();

  /**
   * How many adapters one request can carry, at least 1. A backend that takes only one applies it
   * at its own scale: a weight other than 1 ends the request with {@code Invalid}, as does an
   * adapter too many.
   */
  int adaptersPerRequest();

  /**
   * Starts a generation and returns at once. A backend without room ends it with {@code Refused}
   * instead of blocking; a request that names an unknown adapter ends with {@code Invalid}.
   */
  Generation submit(GenerationRequest request, GenerationListener listener);

  /**
   * Reads an adapter and serves it under a name, in the place of another of that name if there is
   * one. Generation goes on meanwhile. Blocks while the files are read.
   *
   * @param folder as PEFT saves it; for a remote server a path on its own machine
   */
  AdapterChange loadAdapter(String name, Path folder);

  /** Stops serving an adapter; requests under way keep it. */
  AdapterChange unloadAdapter(String name);

  /** What it did and what it holds, at one moment. */
  BackendStatistics statistics();

  /** What its GPU is doing; empty where it has none that it knows of. */
  default Optional<GpuLoad> gpu() {
    return Optional.empty();
  }

  /** The state with its reason. */
  BackendHealth health();

  /** Ends running generations with {@code Failed} and releases what the backend holds. */
  @Override
  void close();

  /** A running generation. */
  interface Generation {
    /**
     * Asks the backend to stop; the listener is told {@code Cancelled} unless it had ended already.
     * Idempotent.
     */
    void cancel();
  }

  /**
   * Whether a backend can serve.
   *
   * @param up true when it takes requests
   * @param reason why it is down, or a remark worth showing when up (device, untrained model,
   *     scalar fallback)
   */
  record BackendHealth(boolean up, String reason) {}
}
