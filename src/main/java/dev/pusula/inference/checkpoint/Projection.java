package dev.pusula.inference.checkpoint;

import java.util.Optional;

/**
 * The linear layers of a Llama block, in the order they are computed, with their names in
 * checkpoints and adapters.
 */
public enum Projection {
  QUERY("self_attn.q_proj"),
  KEY("self_attn.k_proj"),
  VALUE("self_attn.v_proj"),
  OUTPUT("self_attn.o_proj"),
  GATE("mlp.gate_proj"),
  UP("mlp.up_proj"),
  DOWN("mlp.down_proj");

  private final String module;

  Projection(String module) {
    this.module = module;
  }

  public String module() {
    return module;
  }

  public int rows(ModelConfig config) {
    return switch (this) {
      case QUERY -> config.queryWidth();
      case KEY, VALUE -> config.kvWidth();
      case OUTPUT, DOWN -> config.hidden();
      case GATE, UP -> config.intermediate();
    };
  }

  public int columns(ModelConfig config) {
    return switch (this) {
      case QUERY, KEY, VALUE, GATE, UP -> config.hidden();
      case OUTPUT -> config.queryWidth();
      case DOWN -> config.intermediate();
    };
  }

  public static Optional<Projection> of(String module) {
    for (Projection projection : values()) {
      if (projection.module.equals(module)) {
        return Optional.of(projection);
      }
    }
    return Optional.empty();
  }
}
