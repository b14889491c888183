package dev.pusula.architecture.offence.routing.boundary;

public class MutableRequest {}
