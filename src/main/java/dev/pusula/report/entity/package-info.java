/** Reports as values. */
@org.jspecify.annotations.NullMarked
package dev.pusula.report.entity;
