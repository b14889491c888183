package dev.pusula.inference.entity;

/**
 * The base model that a backend serves.
 *
 * @param id the name in {@code /v1/models}
 * @param description one line for people: family, size, precision
 * @param untrained true for the synthetic checkpoint of {@code pusula model init}, whose answers
 *     are noise
 * @param contextLength prompt and answer together, in tokens
 * @param precision of the weights: float32, bfloat16 or float16
 * @param fingerprint SHA-256 (hex, shortened to 16) over config and weights, for a run's
 *     fingerprint
 */
public record ServedModel(
    String id,
    String description,
    boolean untrained,
    int contextLength,
    String precision,
    String fingerprint) {}
