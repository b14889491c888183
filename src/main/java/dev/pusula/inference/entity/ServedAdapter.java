package dev.pusula.inference.entity;

/**
 * An adapter that a backend can apply.
 *
 * @param name what a request names, such as {@code insurance_adapter}
 * @param rank the LoRA rank; the largest where the adapter has several; 0 where a remote server
 *     does not tell
 * @param bytes memory that its matrices take while resident
 * @param fingerprint SHA-256 (hex, shortened to 16) over its files; empty where a remote server
 *     does not tell
 * @param resident whether its matrices are in memory now; one that is not is read again when a
 *     request names it
 */
public record ServedAdapter(
    String name, int rank, long bytes, String fingerprint, boolean resident) {}
