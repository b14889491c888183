/**
 * What every feature stands on: time, JSON, errors on the wire, settings. No word of the product's
 * domain.
 *
 * <p>Decisions: errors are RFC 9457 problem details with the path of the field at fault, because a
 * client that is told "bad request" must guess; Jackson reads and writes all JSON, inside the
 * server too, because Yasson names neither the line nor the field that it refuses
 * (docs/adr/0002-one-json-library.md).
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.platform;
