/** Building and rendering reports. */
@org.jspecify.annotations.NullMarked
package dev.pusula.report.control;
