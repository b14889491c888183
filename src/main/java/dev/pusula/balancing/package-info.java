/**
 * Choosing among replicas by what they do: policies, leases, cooling down after failures, counts.
 * What a replica is (a name in {@code sectors.yaml}, a server's address) is for its users to say.
 *
 * <p>Flat and plain Java, below routing and inference, because both balance and neither may know
 * the other (docs/adr/0007-one-balancer-below-routing-and-inference.md). It opens no connection and
 * reads no clock of its own.
 */
@org.jspecify.annotations.NullMarked
package dev.pusula.balancing;
