package dev.pusula.inference.entity;

/**
 * An adapter that a backend can apply.
 *
 * @param name the folder's name, such as {@code insurance_adapter}
 * @param rank the LoRA rank; the largest where the adapter has several
 * @param bytes memory that its matrices take
 * @param fingerprint SHA-256 (hex, shortened to 16) over its files
 */
public record ServedAdapter(String name, int rank, long bytes, String fingerprint) {}
