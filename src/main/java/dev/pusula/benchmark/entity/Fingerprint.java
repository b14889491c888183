package dev.pusula.benchmark.entity;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.pusula.platform.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * SHA-256 over everything that must be equal for two runs to be compared: suite, label, load model
 * with its seed, target model, what served, prompt set and host class. The URL, the commit and the
 * campaign are left out: comparing commits is what a history is for.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Fingerprint(String hex) {

  /** Checks the form. */
  public Fingerprint {
    if (!hex.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("not a SHA-256 in hexadecimal: " + hex);
    }
  }

  /** Of a run with these settings. The order of the adapters makes no difference. */
  public static Fingerprint of(
      String suite,
      String label,
      LoadModel loadModel,
      String targetModel,
      Served served,
      String promptSet,
      String hostClass) {
    try {
      // A JSON array is an unambiguous join: no value can pretend to be two.
      byte[] canonical =
          Json.mapper()
              .writeValueAsString(
                  Arrays.asList(suite, label, loadModel, targetModel, served, promptSet, hostClass))
              .getBytes(StandardCharsets.UTF_8);
      return new Fingerprint(
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(canonical)));
    } catch (JsonProcessingException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 over JSON is always possible", e);
    }
  }
}
