package dev.pusula.inference.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Rotary position embedding of one kind of layer: pair i of a head is turned by {@code position ·
 * frequencies[i]}, and sine and cosine are multiplied by the amplitude.
 *
 * <p>Scaling kinds, after transformers' modeling_rope_utils: {@code default}; {@code linear}
 * (positions divided by the factor); {@code llama3} (low frequencies divided, middle ones blended);
 * {@code yarn} (Peng et al. 2023: blended by the number of turns within the original context, with
 * its attention factor as amplitude).
 *
 * @param frequencies θ^(−2i/d) scaled, one for each pair of a head
 * @param amplitude 1 but for yarn
 */
public record Rope(double[] frequencies, double amplitude) {

  /** Writes cosines, then sines, of a position's turns, multiplied by the amplitude. */
  public void turn(int position, float[] into, int at) {
    int half = frequencies.length;
    for (int i = 0; i < half; i++) {
      double angle = position * frequencies[i];
      into[at + i] = (float) (amplitude * Math.cos(angle));
      into[at + half + i] = (float) (amplitude * Math.sin(angle));
    }
  }

  /** Reads {@code rope_parameters} or {@code rope_scaling}, whichever the caller found. */
  static Rope read(
      JsonFile json, String field, JsonNode scaling, double theta, int headDim, int context) {
    Scaling reader =
        new Scaling(json, field, scaling, scaling.path("rope_theta").asDouble(theta), headDim);
    String kind = scaling.path("rope_type").asText(scaling.path("type").asText("default"));
    return switch (kind) {
      case "default", "dynamic" -> new Rope(reader.plain(), 1);
      case "linear" -> reader.linear();
      case "llama3" -> reader.llama3();
      case "yarn" -> reader.yarn(context);
      default ->
          throw json.refusal(
              field,
              "is of type '" + kind + "'; supported are default, dynamic, linear, llama3 and yarn");
    };
  }

  private record Scaling(JsonFile json, String field, JsonNode node, double theta, int headDim) {

    double[] plain() {
      double[] frequencies = new double[headDim / 2];
      for (int i = 0; i < frequencies.length; i++) {
        frequencies[i] = Math.pow(theta, -2.0 * i / headDim);
      }
      return frequencies;
    }

    Rope linear() {
      double[] frequencies = plain();
      double factor = positive("factor");
      for (int i = 0; i < frequencies.length; i++) {
        frequencies[i] /= factor;
      }
      return new Rope(frequencies, 1);
    }

    Rope llama3() {
      double[] frequencies = plain();
      double factor = positive("factor");
      double low = positive("low_freq_factor");
      double high = positive("high_freq_factor");
      double original = positive("original_max_position_embeddings");
      if (high <= low) {
        throw json.refusal(field, "needs low_freq_factor < high_freq_factor");
      }
      for (int i = 0; i < frequencies.length; i++) {
        double wavelength = 2 * Math.PI / frequencies[i];
        if (wavelength > original / low) {
          frequencies[i] /= factor;
        } else if (wavelength > original / high) {
          double smooth = (original / wavelength - low) / (high - low);
          frequencies[i] = (1 - smooth) * frequencies[i] / factor + smooth * frequencies[i];
        }
      }
      return new Rope(frequencies, 1);
    }

    Rope yarn(int context) {
      double original = node.path("original_max_position_embeddings").asDouble(context);
      double factor = node.path("factor").asDouble(context / original);
      double fast = node.path("beta_fast").asDouble(32);
      double slow = node.path("beta_slow").asDouble(1);
      double[] frequencies = plain();
      double low = pairWithTurns(fast, original);
      double high = pairWithTurns(slow, original);
      if (node.path("truncate").asBoolean(true)) {
        low = Math.floor(low);
        high = Math.ceil(high);
      }
      low = Math.max(low, 0);
      high = Math.min(high, headDim - 1);
      double width = high == low ? 0.001 : high - low;
      for (int i = 0; i < frequencies.length; i++) {
        double scaled = Math.min(1, Math.max(0, (i - low) / width));
        frequencies[i] = frequencies[i] * (1 - scaled) + frequencies[i] / factor * scaled;
      }
      return new Rope(frequencies, amplitude(factor));
    }

    /** The pair, as a real number, that turns so often within the original context. */
    private double pairWithTurns(double turns, double original) {
      return headDim * Math.log(original / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
    }

    private double amplitude(double factor) {
      if (node.hasNonNull("attention_factor")) {
        return positive("attention_factor");
      }
      double scale = node.path("mscale").asDouble(0);
      double allDimensions = node.path("mscale_all_dim").asDouble(0);
      return scale != 0 && allDimensions != 0
          ? magnitude(factor, scale) / magnitude(factor, allDimensions)
          : magnitude(factor, 1);
    }

    private static double magnitude(double factor, double scale) {
      return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
    }

    private double positive(String name) {
      double value = node.path(name).asDouble(Double.NaN);
      if (!(value > 0)) {
        throw json.refusal(field, "needs a positive " + name);
      }
      return value;
    }
  }
}
