package dev.pusula.benchmark.boundary;

import dev.pusula.benchmark.entity.Environment;
import dev.pusula.benchmark.entity.LoadModel;
import dev.pusula.benchmark.entity.Run;
import dev.pusula.benchmark.entity.Served;
import dev.pusula.benchmark.entity.Target;
import dev.pusula.platform.Problem.FieldError;
import dev.pusula.platform.ProblemException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What a load generator says when it starts.
 *
 * @param suite name of the suite
 * @param campaign groups the loads of one comprehensive bench
 * @param label name of the load within the suite
 * @param loadModel the load
 * @param target where it goes
 * @param served what answers, as far as it is known; null for unknown
 * @param promptSet first 16 hexadecimal digits of the SHA-256 of the query file
 * @param environment where the generator runs
 * @param sectors ids of the sectors asked about
 */
@Schema(description = "A run that starts")
record RunRequest(
    @Schema(example = "quick") @Nullable String suite,
    @Nullable UUID campaign,
    @Schema(example = "light") @Nullable String label,
    @Nullable LoadModel loadModel,
    @Nullable Target target,
    @Nullable Served served,
    @Schema(example = "9f86d081884c7d65") @Nullable String promptSet,
    @Nullable Environment environment,
    @Schema(example = "[\"insurance\", \"legal\"]") @Nullable List<@Nullable String> sectors) {

  /**
   * The run, RUNNING from the instant on.
   *
   * @throws ProblemException 422 naming every field that is missing or wrong
   */
  Run toRun(UUID id, Instant startedAt) {
    List<FieldError> errors = new ArrayList<>();
    require("suite", suite, errors);
    require("label", label, errors);
    require("prompt_set", promptSet, errors);
    require("load_model", loadModel, errors);
    require("target", target, errors);
    require("environment", environment, errors);
    List<String> ids = new ArrayList<>();
    for (String sector : sectors == null ? List.<String>of() : sectors) {
      String path = "sectors[" + ids.size() + "]";
      require(path, sector, errors);
      ids.add(sector == null ? "" : sector);
    }
    if (new HashSet<>(ids).size() < ids.size()) {
      errors.add(new FieldError("sectors", "must not name a sector twice"));
    }
    if (suite == null
        || label == null
        || promptSet == null
        || loadModel == null
        || target == null
        || environment == null
        || !errors.isEmpty()) {
      throw ProblemException.unprocessable(
          errors.get(0).field() + ": " + errors.get(0).detail(), errors);
    }
    return new Run(
        id,
        suite,
        campaign,
        label,
        loadModel,
        target,
        served == null ? Served.UNKNOWN : served,
        promptSet,
        environment,
        ids,
        startedAt);
  }

  private static void require(String field, @Nullable Object value, List<FieldError> errors) {
    if (value == null || (value instanceof String text && text.isBlank())) {
      errors.add(new FieldError(field, "must be given"));
    } else if (value instanceof String text && (text.length() > 200 || text.indexOf('\0') >= 0)) {
      errors.add(new FieldError(field, "must be at most 200 characters, none of them U+0000"));
    }
  }
}
