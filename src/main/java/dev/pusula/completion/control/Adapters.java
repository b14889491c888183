package dev.pusula.completion.control;

import dev.pusula.inference.control.Backends;
import dev.pusula.inference.entity.AdapterChange;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.platform.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Changes the served adapters of the running service, from the folder {@code pusula.adapter-root},
 * or {@code adapters} in the checkpoint's own.
 */
@ApplicationScoped
public class Adapters {

  private static final System.Logger LOG = System.getLogger(Adapters.class.getName());

  /** It stands in a path and in headers. One of dots alone would be a step in a path. */
  private static final Pattern NAME = Pattern.compile("(?!\\.+$)[A-Za-z0-9._-]{1,100}");

  @Inject private Completions completions;
  @Inject private Backends backends;

  @Inject
  @ConfigProperty(name = "pusula.adapter-root")
  private Optional<String> adapterRoot;

  @Inject
  @ConfigProperty(name = "pusula.model")
  private Optional<String> model;

  /** The fields of a request that name an adapter and its folder, for errors. */
  public record Fields(String name, String path) {}

  /** The adapters that can be named now, ordered by name. */
  public List<ServedAdapter> served() {
    return completions.backend().adapters();
  }

  /**
   * Serves an adapter under a name, in the place of another of that name if there is one.
   *
   * @throws ProblemException 400 if the name cannot be taken, 403 if the path leads out of the
   *     root, 422 if the folder holds no adapter for this model, 501 if the backend's adapters
   *     cannot be changed
   */
  public AdapterChange.Loaded load(@Nullable String name, @Nullable String path, Fields fields) {
    String asked = require(name, fields.name());
    if (!NAME.matcher(asked).matches()) {
      throw ProblemException.badRequest(
          "must be 1…100 letters, digits, dots, underscores or hyphens", fields.name());
    }
    if (completions.reserved(asked)) {
      throw ProblemException.badRequest(
          "must not be auto, base, the base model or a sector", fields.name());
    }
    Path folder = root().confine(fields.path(), require(path, fields.path()));
    AdapterChange change = backends.loadAdapter(asked, folder);
    if (change instanceof AdapterChange.Loaded loaded) {
      LOG.log(
          Level.INFO,
          "adapter {0} {1} from {2}",
          asked,
          loaded.replaced() ? "replaced" : "loaded",
          folder);
      return loaded;
    }
    throw problem(change, asked);
  }

  /**
   * Stops serving an adapter; requests under way keep it.
   *
   * @throws ProblemException 404 if there is none of this name, 501 if the backend's adapters
   *     cannot be changed
   */
  public void unload(@Nullable String name, String field) {
    String asked = require(name, field);
    AdapterChange change = completions.backend().unloadAdapter(asked);
    if (!(change instanceof AdapterChange.Unloaded)) {
      throw problem(change, asked);
    }
    LOG.log(Level.INFO, "adapter {0} unloaded", asked);
  }

  private AdapterRoot root() {
    return new AdapterRoot(
        adapterRoot
            .map(Path::of)
            .or(() -> model.map(folder -> Path.of(folder, "adapters")))
            .orElseThrow(
                () ->
                    ProblemException.notImplemented(
                        "neither pusula.adapter-root nor pusula.model is set")));
  }

  private static String require(@Nullable String value, String field) {
    if (value == null || value.isBlank()) {
      throw ProblemException.badRequest("must be given", field);
    }
    return value;
  }

  private static ProblemException problem(AdapterChange change, String name) {
    if (change instanceof AdapterChange.Refused refused) {
      return ProblemException.unprocessable(refused.reason(), List.of());
    }
    if (change instanceof AdapterChange.Unsupported unsupported) {
      return ProblemException.notImplemented(unsupported.reason());
    }
    return ProblemException.notFound("there is no adapter " + name);
  }
}
