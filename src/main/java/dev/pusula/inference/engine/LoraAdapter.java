package dev.pusula.inference.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pusula.inference.checkpoint.CheckpointException;
import dev.pusula.inference.checkpoint.JsonFile;
import dev.pusula.inference.checkpoint.ModelConfig;
import dev.pusula.inference.checkpoint.Projection;
import dev.pusula.inference.checkpoint.Safetensors;
import dev.pusula.inference.checkpoint.Tensor;
import dev.pusula.inference.engine.Batch.Applied;
import dev.pusula.inference.engine.Device.LowRank;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A LoRA adapter on a device: for each layer and projection it touches, W x becomes W x + scale · B
 * (A x). Hu et al. 2021; scale is α/r, or α/√r with {@code use_rslora} (Kalajdzievski 2023). Read
 * as PEFT saves it. Immutable.
 */
final class LoraAdapter {

  private static final Pattern KEY =
      Pattern.compile(
          "base_model\\.model\\.model\\.layers\\.(\\d+)\\.([a-z_]+\\.[a-z_]+)\\.lora_([AB])\\.weight");

  private static final AtomicLong NUMBERS = new AtomicLong();

  private final String name;
  private final long number = NUMBERS.getAndIncrement();
  private final Device.Adapter onDevice;
  private final int rank;
  private final Applied[] alone;

  LoraAdapter(String name, Device.Adapter onDevice, int rank) {
    this.name = name;
    this.onDevice = onDevice;
    this.rank = rank;
    this.alone = new Applied[] {new Applied(this, 1)};
  }

  String name() {
    return name;
  }

  /** Tells apart adapters that served under one name. */
  long number() {
    return number;
  }

  /** The largest rank of its projections. */
  int rank() {
    return rank;
  }

  long bytes() {
    return onDevice.bytes();
  }

  /** Gives its memory back; no batch may use it any more. */
  void close() {
    onDevice.close();
  }

  /** This adapter by itself with weight 1: the same array each time. */
  Applied[] alone() {
    return alone;
  }

  Device.Adapter onDevice() {
    return onDevice;
  }

  /**
   * Reads an adapter's folder.
   *
   * @throws CheckpointException naming the field or tensor that is wrong or not supported
   */
  static LoraAdapter read(Path folder, ModelConfig model, Device device) {
    JsonFile config = JsonFile.read(folder.resolve("adapter_config.json"));
    refuseUnsupported(config);
    Path file = folder.resolve("adapter_model.safetensors");
    Map<String, Tensor> tensors = Safetensors.read(file);
    List<LowRank> changes = new ArrayList<>();
    Set<String> used = new HashSet<>();
    int largest = 0;
    for (String key : tensors.keySet()) {
      Matcher matcher = KEY.matcher(key);
      if (!matcher.matches() || used.contains(key)) {
        continue;
      }
      int layer = Integer.parseInt(matcher.group(1));
      String module = matcher.group(2);
      Projection projection = Projection.of(module).orElse(null);
      if (projection == null || layer >= model.layers()) {
        continue;
      }
      String stem = key.substring(0, key.length() - "A.weight".length());
      Tensor down = tensors.get(stem + "A.weight");
      Tensor up = tensors.get(stem + "B.weight");
      if (down == null || up == null) {
        throw new CheckpointException(file, "holds " + key + " without its counterpart");
      }
      String path = "model.layers." + layer + "." + module;
      int r = (int) pattern(config, "rank_pattern", path, config.integer("r"));
      shape(file, down, r, projection.columns(model));
      shape(file, up, projection.rows(model), r);
      double alpha = pattern(config, "alpha_pattern", path, config.number("lora_alpha", 8));
      double scale = config.flag("use_rslora", false) ? alpha / Math.sqrt(r) : alpha / r;
      changes.add(new LowRank(Transformer.slot(layer, projection), down, up, (float) scale));
      used.add(down.name());
      used.add(up.name());
      largest = Math.max(largest, r);
    }
    tensors
        .keySet()
        .forEach(
            key -> {
              if (!used.contains(key)) {
                throw new CheckpointException(
                    file, "holds tensor " + key + ", which nothing here uses");
              }
            });
    if (used.isEmpty()) {
      throw new CheckpointException(file, "holds no tensor");
    }
    return new LoraAdapter(folder.getFileName().toString(), device.adapter(changes), largest);
  }

  private static void refuseUnsupported(JsonFile config) {
    String type = config.text("peft_type", "");
    if (!type.equals("LORA")) {
      throw config.refusal("peft_type", "is '" + type + "'; supported is LORA");
    }
    if (!config.text("bias", "none").equals("none")) {
      throw config.refusal("bias", "is '" + config.text("bias", "") + "'; supported is none");
    }
    for (String flag : List.of("use_dora", "lora_bias", "fan_in_fan_out")) {
      if (config.flag(flag, false)) {
        throw config.refusal(flag, "is true, which is not supported");
      }
    }
    for (String list :
        List.of(
            "modules_to_save",
            "layer_replication",
            "trainable_token_indices",
            "target_parameters")) {
      if (config.has(list) && !config.root().path(list).isEmpty()) {
        throw config.refusal(list, "is set, which is not supported");
      }
    }
  }

  /** PEFT's rule: a key of the pattern is a regular expression that the module's path ends with. */
  private static double pattern(JsonFile config, String field, String module, double otherwise) {
    for (var entry :
        (Iterable<Map.Entry<String, JsonNode>>) () -> config.root().path(field).fields()) {
      try {
        if (Pattern.compile("(.*\\.)?(" + entry.getKey() + ")$").matcher(module).matches()) {
          return entry.getValue().asDouble();
        }
      } catch (PatternSyntaxException e) {
        throw config.refusal(
            field, "has the expression " + entry.getKey() + ", which Java does not know");
      }
    }
    return otherwise;
  }

  private static void shape(Path file, Tensor tensor, int rows, int columns) {
    if (tensor.shape().length != 2 || tensor.shape()[0] != rows || tensor.shape()[1] != columns) {
      throw new CheckpointException(
          file,
          "tensor "
              + tensor.name()
              + " has shape "
              + tensor.shapeText()
              + "; this model and rank need ["
              + rows
              + ", "
              + columns
              + "]");
    }
  }
}
