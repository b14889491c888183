package dev.pusula.routing.entity;

import dev.pusula.balancing.Replica;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A business sector as configured.
 *
 * @param id stable, lower case with underscores
 * @param name for people
 * @param description what belongs to it
 * @param adapterPath folder of its adapter, relative to the model
 * @param priority decides between equal scores, the smaller first; at least 1
 * @param keywords words and phrases that speak for it, at least one
 * @param replicas where its adapter is served; the adapter itself where none is named
 */
public record Sector(
    String id,
    String name,
    String description,
    String adapterPath,
    int priority,
    List<String> keywords,
    List<Replica> replicas) {

  /** The form of an id. */
  public static final Pattern ID = Pattern.compile("[a-z][a-z0-9_]*");

  /** Checks and copies. */
  public Sector {
    keywords = List.copyOf(keywords);
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("id must match " + ID + ": " + id);
    }
    if (id.equals(RouteDecision.GENERAL)) {
      throw new IllegalArgumentException(
          "general is not a sector but the outcome outside all of them");
    }
    if (priority < 1) {
      throw new IllegalArgumentException("priority must be an integer of at least 1: " + priority);
    }
    if (keywords.isEmpty()) {
      throw new IllegalArgumentException("a sector has at least one keyword");
    }
    replicas =
        replicas.isEmpty() ? List.of(Replica.of(adapterName(adapterPath))) : List.copyOf(replicas);
    if (replicas.stream().map(Replica::name).distinct().count() < replicas.size()) {
      throw new IllegalArgumentException("the replicas of a sector have distinct names");
    }
  }

  /** The name of the sector's adapter. */
  public String adapter() {
    return adapterName(adapterPath);
  }

  /** The last part of an adapter's path. */
  static String adapterName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
