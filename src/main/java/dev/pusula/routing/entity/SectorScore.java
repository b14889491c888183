package dev.pusula.routing.entity;

/**
 * A sector's score for one text.
 *
 * @param sector the sector's id, or {@code general}
 * @param score in 0…1
 */
public record SectorScore(String sector, double score) {}
